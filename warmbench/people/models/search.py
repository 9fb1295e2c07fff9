"""What people are found by: the words about each, and all words there are."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Reverse

from warmbench.people.models.candidate import Candidate


class CandidateWords(models.Model):
    """All words about a candidate, each behind a letter that says where it stands, kept true by
    triggers: see ``people.search_words``.

    A narrow table, because a question over a million people is bound by the pages it reads.
    """

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="words"
    )
    words = SearchVectorField()

    class Meta:
        db_table = "candidate_words"
        indexes = [GinIndex(fields=["words"], name="candidate_words_words")]


class SearchWord(models.Model):
    """A word that stands somewhere about a candidate or names a tag, so that one which was
    mistyped can be found.

    Not unique: whoever adds a word never waits for somebody else who does.
    """

    word = models.CharField(max_length=200, db_collation="C")

    class Meta:
        db_table = "search_word"
        indexes = [
            models.Index(fields=["word"], name="search_word_word"),
            models.Index(Reverse("word"), name="search_word_ending"),
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_within"),
        ]
