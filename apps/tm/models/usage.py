"""How matches were used and how long look-ups took, summed by day: nobody's pace can be read from it."""

from __future__ import annotations

from django.db import models

from .memories import Memory

STEPS_MS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 200.0, 500.0)
"""Upper ends of the histogram's steps in milliseconds; one more step holds what took longer."""
BANDS = ("context", "100", "95-99", "85-94", "75-84", "50-74", "semantic", "earlier")
OUTCOMES = ("as_is", "edited", "not_used")


class MatchDay(models.Model):
    """What people did with the best match of a memory in one band on one day."""

    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    band = models.CharField(max_length=10)
    """One of BANDS; "context" is 101 and 102."""
    as_is = models.IntegerField(default=0)
    edited = models.IntegerField(default=0)
    not_used = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["memory", "day", "band"], name="match_day_unique")]

    def __str__(self) -> str:
        return f"{self.memory_id} {self.day} {self.band}"


class LookupDay(models.Model):
    """Look-ups in a memory on one day: how many, how many found a match, and a histogram of times."""

    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    lookups = models.IntegerField(default=0)
    hits = models.IntegerField(default=0)
    """Look-ups whose best match of this memory scored 75 or more."""
    times = models.JSONField(default=list)
    """Look-ups per step of the scale in `STEPS_MS`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["memory", "day"], name="lookup_day_unique")]

    def __str__(self) -> str:
        return f"{self.memory_id} {self.day}"
