from django.db import migrations
from wagtail.models import BootstrapLocaleField, BootstrapTranslatableModel, BootstrapTranslationKeyField


class Migration(migrations.Migration):
    dependencies = [
        ("archive_pages", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        BootstrapLocaleField("archive_pages.ArchivePage"),
        BootstrapTranslationKeyField("archive_pages.ArchivePage"),
        BootstrapTranslatableModel("archive_pages.ArchivePage"),
    ]
