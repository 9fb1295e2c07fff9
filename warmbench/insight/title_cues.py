"""Holds the words beside a title that say whose it is, and in which sense it stands."""

import re

AT = re.compile(
    r"\s*(?:\([^()]{2,30}\)\s*)?,?\s*(?:@|a(?= la )|(?:at|bei|beim|chez|bij|en|with|voor)\b)\s*"
    r"(?:(?:(?:the|a|an|der|dem|einem|einer|het|de|la|le|el|los|las|un|una|een)\s|l')){0,2}"
)
CLOSED = re.compile(
    r"\s*(?:$|[,.;|()\u00b7/\u2022]|-\s|->|\u2192|\bsince\b|\bseit\b|\bdepuis\b|\bdesde\b"
    r"|\bsinds\b|\bfor \d|"
    r"\bnow\b|\bat the moment\b|\bright now\b|\bmit \d|\d)"
)
OPENS = re.compile(
    r"(?:(?:yes|yeah|yep|right|well|so|um|ok|okay|sure|ja|genau|oui|si|eh|pues|also|bueno|alors|"
    r"currently|still|now|aktuell|derzeit|actuellement|actualmente|momenteel|nu|an?|eine?|une?|i'm|"
    r"he's|she's)[,.]?\s+){0,3}[\"'*_(]{0,3}"
)
LEADS_ON = re.compile(r"\s(?:im|in|bei|at|for|of|with|en|dans|op|bij|de|del|und|and)\b")
SINCE = re.compile(
    r"\s*,?\s*(?:(?:inzwischen|mittlerweile|inmiddels|these days|nowadays|by now|at present|now"
    r"|desormais|ahora|heute|today|tegenwoordig)\b|since|for (?:the (?:last|past) )?(?:\d"
    r"|\w+ years)|seit|depuis|desde|sinds|hace)\b"
)
NAMED = re.compile(
    r"(?P<name>[A-Z][\w'\u2019-]+)\s+(?:is|was|ist|war|est|etait|es|era)\b[^.;]{0,30}$"
)
OFFERED = re.compile(
    r"\b(?:we|they|client|clients|team|company|wir|kunde|nous|ils|klant|we're|they're|you|your)\b"
    r"[^,.;]{0,30}\b(?:look\w*|need\w*|want\w*|search\w*|hir\w+|recruit\w*|suchen|sucht|brauchen|"
    r"cherch\w+|recherch\w+|busca\w*|necesita\w*|zoek\w*|seek\w*|replac\w*)\b[^,.;]{0,30}$"
)
#: In their own words that is somebody else.
OF_ANOTHER = re.compile(
    r"(?:he|she|they|who)(?:'s|'re|s| is| are)\b|(?:er|sie|elle|il|ella|el|hij|zij) \w+"
)
TOOK_UP = re.compile(
    r"\b(?:start\w*|began|join\w*|work(?:s|ed|ing)?|hir\w+|employed|promot\w*|serv\w+|act\w+|"
    r"job|now|currently|"
    r"moved|contract\w*|role|position|freelanc\w*|back|at|with|bei|chez|bij|en)\b[^.;]*$"
)
#: “Not another SDR gig.”
NOT_ANOTHER = re.compile(
    r"\b(?:not|no|never|keine?|pas|geen|ninguna?) "
    r"(?:an?other |more |wieder eine |noch eine |otra |un autre |nog een )$"
)
LONG_AGO = re.compile(
    r"\b(?:ago|used to|back then|at the time|damals|fruher|vor \w+ jahren|il y a|autrefois|"
    r"hace \w+ anos|antes|"
    r"geleden|vroeger)\b"
)
#: “Customs Broker License” is a paper.
CERTIFIED = re.compile(r"\s(?:licen[cs]e|certificat\w*|diploma|exam|course)\b")
TOOK = re.compile(r"\b(?:got|landed|took|took on|accepted|given) the $")
ROLE_ONLY = re.compile(r"\s*(?:\(\w+\)\s*)?(?:-\s?)?(?P<word>[\w-]+)")
#: “Function ...... Commissioning engineer”.
DOTS = re.compile(r"[^.:]{2,40}\.{3,}\s*")
#: “Shift superintendent is what's on the badge.”
BADGE = re.compile(
    r",?\s(?:is|that's|that is|it says|says)(?: what| what's| what is| the| it| written| printed"
    r"|'s| says){0,4}"
    r"(?: on)?(?: the| his| her| my)? (?:card|badge|hard hat|hat|door|contract|business card|tin"
    r"|lanyard)\b"
)
#: Questions that a title alone answers.
ASKED = re.compile(
    r"\b(?:your (?:current |present )?(?:title|role|job|position)|what do you do"
    r"|is it [^?]{2,40} now\?"
    r"|(?:so |and )?you(?:'re| are) (?:still |now |in |an? )?[\w ]{2,40}\?|still (?:an? "
    r"|the )?[\w ]{2,40}\?"
    r"|was machen sie|ihre (?:position|rolle)|votre (?:poste|fonction)|tu puesto|su puesto"
    r"|je functie)"
)
#: “Category manager now”, “Senior account executive, yes”.
ANSWERS = re.compile(
    r"\s*(?:,|(?:yes|now|since|still|at|with|ja|seit|oui|depuis|si|outside|inside|and)\b)"
)
