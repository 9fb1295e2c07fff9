"""How many personalised, tracked messages a second are handed over, each with its records.

    python -m bench.sending --messages 20000

Beside it, in the same run and to the same kind of sink: ``smtp-source``, which sends one fixed
mail without thinking, and a plain loop of Python's smtplib over one fixed mail. Both of
Postfix's tools must be installed.
"""

import argparse
import shutil
import smtplib
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context

from bench import scratch, world

SINK_PORT = 2599
#: Messages of everybody whose turn it is in this round.
QUEUE = """
INSERT INTO message (candidate_id, channel, purpose, touch, occurrence, sender_id, template_id,
                     context, state, reason, queued_at, not_before, valid_until, state_at, tries,
                     address)
SELECT c.id, 'email', 'content', 'bench', %(round)s, s.id, %(template)s,
       jsonb_build_object('first_name', c.first_name,
                          'full_name', c.first_name || ' ' || c.last_name,
                          'employer', c.employer, 'specialty', 'Cloud & DevOps',
                          'recruiter_name', s.from_name, 'recruiter_first_name', s.from_name),
       'queued', '', %(now)s, %(now)s, %(until)s, %(now)s, 0, ''
  FROM candidate c JOIN sender s ON s.owner_id = c.owner_id
 WHERE c.id %% %(rounds)s = %(round)s
"""
_BODY = """Hello {{ first_name }},

you have been at {{ employer | default: "your present company" }} for a while now, and people in
{{ specialty }} ask us a lot lately how others settle the same few questions. So here is what we
heard this month, in three sentences each.

- **On-call** is being paid separately in more and more teams; [here is how](https://example.com/a).
- **Platform teams** grow faster than product teams, for the second year in a row.
- **Interviews** have become shorter: two conversations and one piece of work are now common.

The whole article is [on our site](https://example.com/b). If anything has changed on your side,
or if you would like to hear from us less often, one line is enough.

{{ recruiter_first_name }}
"""


@contextmanager
def _sink() -> Iterator[None]:
    command = ["smtp-sink", "-u", "nobody", "-c", f"127.0.0.1:{SINK_PORT}", "1000"]
    sink = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield
    finally:
        sink.terminate()
        sink.wait()


def _work(_: int) -> int:
    """Deliver until nothing is due. Returns how many messages were claimed."""
    from warmbench.integrations.mail.postman import Postman
    from warmbench.messaging import delivery

    postman = Postman(lambda: world.NOW)
    done = 0
    while count := delivery.deliver(postman.channel_for, worker="bench", clock=lambda: world.NOW):
        done += count
    return done


def _warm(_: int) -> None:
    import django

    django.setup()
    from warmbench.core import garbage

    garbage.collect_rarely()
    time.sleep(0.5)


def _rate(workers: int) -> float:
    with get_context("spawn").Pool(workers) as pool:
        pool.map(_warm, range(workers), chunksize=1)
        began = time.perf_counter()
        done = sum(pool.map(_work, range(workers), chunksize=1))
        return done / (time.perf_counter() - began)


def _smtp_source(count: int, size: int, sessions: int) -> float:
    began = time.perf_counter()
    command = ["smtp-source", "-s", str(sessions), "-m", str(count), "-l", str(size), "-d"]
    command += ["-f", "a@example.com", "-t", "b@example.com", f"127.0.0.1:{SINK_PORT}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return count / (time.perf_counter() - began)


def _plain_loop(count: int, mail: bytes) -> float:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", SINK_PORT) as smtp:
        for _ in range(count):
            smtp.sendmail("a@example.com", ["b@example.com"], mail)
    return count / (time.perf_counter() - began)


def template() -> int:
    """The wording of all messages."""
    from warmbench.messaging import templates
    from warmbench.messaging.models import Template

    subject = "{{ first_name }}, what {{ specialty }} teams ask this month"
    compiled = templates.compile(subject=subject, body=_BODY, look="article")
    return Template.objects.create(
        digest=compiled.digest,
        look="article",
        subject=subject,
        body=_BODY,
        compiled=compiled.to_json(),
        required=list(compiled.required),
        created_at=world.NOW,
    ).pk


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    messages = parser.parse_args().messages
    if not shutil.which("smtp-sink"):
        raise SystemExit("smtp-sink is missing: install Debian's package postfix.")

    scratch.prepare()
    from warmbench.core import sql
    from warmbench.messaging.models import Attempt, Message, Sender

    world.tags()
    world.team(8)
    Sender.objects.update(host="127.0.0.1", port=SINK_PORT)
    rounds = 3
    world.people(messages * rounds)
    wording = template()

    with _sink():
        rates = {}
        for workers in (1, 2, 3):
            queued = {
                "round": workers % rounds,
                "rounds": rounds,
                "template": wording,
                "now": world.NOW,
                "until": world.NOW + timedelta(days=3),
            }
            sql.run(QUEUE, queued)
            sql.run("VACUUM ANALYZE message")
            rates[workers] = _rate(workers)
            print(f"warmbench, {workers} worker(s): {rates[workers]:,.0f} messages/s")
        from warmbench.integrations.mail.postman import Postman

        size, mail = _one_mail(Postman)
        source = _smtp_source(messages, size, 2)
        print(f"smtp-source, 2 sessions, {size:,} bytes: {source:,.0f} messages/s")
        loop = _plain_loop(min(messages, 10_000), mail)
        print(f"plain smtplib loop, 1 process: {loop:,.0f} messages/s")
    best = max(rates.values())
    print(f"ratio to smtp-source: {best / source:.2f}; to the plain loop: {best / loop:.2f}")
    print(
        f"sent: {Message.objects.filter(state='sent').count():,};"
        f" attempts on record: {Attempt.objects.filter(outcome='accepted').count():,}"
    )


def _one_mail(_: object) -> tuple[int, bytes]:
    """A mail like the ones that were sent."""
    from warmbench.accounts.models import Organisation
    from warmbench.messaging import letters
    from warmbench.messaging.claim import Claimed
    from warmbench.messaging.models import Attempt

    attempt = Attempt.objects.select_related("message__sender").first()
    message = attempt.message
    claimed = Claimed(
        message_id=message.pk, attempt_id=attempt.pk, candidate_id=message.candidate_id,
        standing_version=0, purpose=message.purpose, touch=message.touch, sequence_id=None,
        template_id=message.template_id,
        context=message.context, address=message.address,
        message_id_header=attempt.message_id_header, tries=1, sender=message.sender,
    )  # fmt: skip
    data = letters.write(claimed, Organisation.objects.get(), now=world.NOW).data
    return len(data), data


if __name__ == "__main__":
    main()
