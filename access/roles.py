"""The roles of an archive room as groups, with their permissions (domain.md, journeys)."""

STAFF_PERMISSION = "wagtailadmin.access_admin"
CERTIFY_PERMISSION = "reading_room.issue_certificate"
IMPORT_PERMISSION = "archive_pages.import_catalogue"

EDITOR = "Editors"
POLICY_STAFF = "Policy staff"
MANAGER = "Managers"
CLERK = "Desk clerks"
READER = "Registered readers"
