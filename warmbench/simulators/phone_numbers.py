"""Hands out telephone numbers that regulators keep free for fiction, each of them once."""

from collections.abc import Iterator

#: North America: 555-0100 to 555-0199 of each area code (ATIS-0300115).
_US_AREAS = """
    201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239
    240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312
    313 314 315 316 317 318 319 320 321 323 325 330 334 336 337 339 346 347 351 352 360 361 386 401
    402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435 440 443 458
    469 470 475 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530
    540 541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 601 602 603 605 606 607 608 609
    610 612 614 615 616 617 618 619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682 701
    702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 727 731 732 734 740 754 757 760
    763 765 770 772 773 774 775 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817
    818
""".split()  # noqa: SIM905 - three times as long as a list
#: Great Britain: Ofcom's numbers for drama, 1,000 of each area.
_GB_AREAS = ("2079460", "1214960", "1614960", "1134960", "1144960", "1164960", "1174960",
             "1184960", "1314960", "1414960", "1514960", "1914980")  # fmt: skip
#: Germany: the Bundesnetzagentur's numbers for film and television, 1,000 of each.
_DE_AREAS = ("3023125", "6990009", "4066969", "2214710", "8999998")
#: France: ARCEP's numbers for works of fiction, 10,000 of each.
_FR_AREAS = ("19900", "26191", "35301", "46571", "53649")


def numbers(range_name: str) -> Iterator[str]:
    """All numbers of ``us``, ``gb``, ``de`` or ``fr`` as E.164; none of any other."""
    match range_name:
        case "us":
            yield from (f"+1{area}55501{n:02}" for n in range(100) for area in _US_AREAS)
        case "gb":
            yield from (f"+44{area}{n:03}" for n in range(1000) for area in _GB_AREAS)
        case "de":
            yield from (f"+49{area}{n:03}" for n in range(1000) for area in _DE_AREAS)
        case "fr":
            yield from (f"+33{area}{n:04}" for n in range(10_000) for area in _FR_AREAS)
        case _:
            return
