"""What the index keeps beside the engine's own tables: the folded entries, and how far the index has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexedEntry(models.Model):
    """The folded texts of one page of the tree, as they stand in the index.

    ``code`` holds the reference code and all former ones, each between line breaks; ``other`` every other text of the
    entry, a line each; ``letters`` the single characters of title and names. PostgreSQL's engine adds a column.
    """

    page = models.OneToOneField(
        "archive_pages.ArchivePage",
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="indexed",
    )
    title = models.TextField()
    creator = models.TextField()
    number = models.TextField()
    code = models.TextField()
    other = models.TextField()
    letters = models.TextField()

    class Meta:
        verbose_name = _("indexed entry")
        verbose_name_plural = _("indexed entries")

    def __str__(self) -> str:
        return self.title


class IndexState(models.Model):
    """The one row that says what the index is: the version of its form, the newest part of its page texts, and how far
    a rebuild has come. ``holder`` is the process at work, ``beat`` when it was last heard of."""

    version = models.PositiveIntegerField(default=0)
    last_part = models.IntegerField(default=-1)
    phase = models.CharField(max_length=10, blank=True, default="")
    position = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=120, blank=True, default="")
    beat = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("state of the search index")

    def __str__(self) -> str:
        return f"{self.version}"
