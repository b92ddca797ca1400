"""What the index keeps beside the engine's own tables: the folded entries, and how far the index has come."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexedEntry(models.Model):
    """The folded texts of one page of the tree, as they stand in the index.

    ``code`` holds the reference code and all former ones, each between line breaks; ``other`` every other text of the
    entry, a line each; ``letters`` the single characters of title and names; ``draft`` the title of a
    draft where it is another, found in the working place only. PostgreSQL's engine adds a column.
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
    draft = models.TextField()

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


class SavedSearch(models.Model):
    """A search somebody wants to make again. ``address`` is the query string of the search page."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(max_length=1000)
    saved_at = models.DateTimeField(_("saved at"), auto_now_add=True)

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="search_saved_once")]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self) -> str:
        return self.name
