"""What each role may do with the libraries, once its permissions are set up."""

import pytest
from django.contrib.auth.models import Group
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from fonds.access import roles
from fonds.site.roles import sync_roles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "changes_images", "changes_documents"),
    [
        (roles.EDITOR, True, True),
        (roles.MANAGER, True, True),
        (roles.POLICY_STAFF, False, True),
        (roles.CLERK, False, False),
        (roles.READER, False, False),
    ],
)
def test_who_works_in_the_libraries(archive, django_user_model, role, changes_images, changes_documents):
    """Changing a photograph can open it, so only those who describe photographs may."""
    sync_roles()
    user = django_user_model.objects.create_user("someone", password="a-long-password")
    user.groups.add(Group.objects.get(name=role))
    images = policy_registry.get_by_type(get_image_model())
    documents = policy_registry.get_by_type(get_document_model())
    assert images.user_has_permission(user, "change") is changes_images
    assert documents.user_has_permission(user, "change") is changes_documents
