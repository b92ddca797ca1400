"""The pages every archive room begins with: the home page and the lists under it."""

from django.db import transaction
from wagtail.models import Site

from fonds.archive_pages.models import ArchivePage, FondsIndexPage
from fonds.collections.models import CollectionIndexPage, ExhibitIndexPage
from fonds.policies.models import PolicyIndexPage

from .models import HomePage


@transaction.atomic
def make_frame(home: HomePage, *, host: str, port: int) -> FondsIndexPage:
    """Put ``home`` and its lists in the place of Wagtail's welcome page; the site at ``host`` begins there and bears its
    title. Returns the list of fonds, which is empty."""
    root = ArchivePage.objects.get(depth=1)
    for welcome in root.get_children():
        welcome.delete()
    root.refresh_from_db()
    home = root.add_child(instance=home)
    Site.objects.all().delete()
    Site.objects.create(hostname=host, port=port, site_name=home.title, root_page=home, is_default_site=True)
    index = home.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    home.add_child(instance=CollectionIndexPage(title="照片专题", title_en="Collections", slug="collections"))
    home.add_child(instance=ExhibitIndexPage(title="专题展览", title_en="Exhibits", slug="exhibits"))
    home.add_child(instance=PolicyIndexPage(title="制度", slug="policies"))
    return index
