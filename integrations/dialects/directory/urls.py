"""The addresses of /api/integrations. Whatever is not listed is answered by the last line."""

from django.urls import path, re_path

from integrations.dialects.directory.views import organizations, users
from integrations.dialects.directory.views.base import UnknownDirectoryRoute

urlpatterns = [
    path("users", users.UserList.as_view()),
    path("users/<str:id>", users.UserDetail.as_view()),
    path("users/<str:id>/organizations", users.UserOrganizations.as_view()),
    path("organizations", organizations.OrganizationList.as_view()),
    path("organizations/<str:id>", organizations.OrganizationDetail.as_view()),
    path("organizations/<str:id>/logo", organizations.OrganizationLogo.as_view()),
    re_path(r"^.*$", UnknownDirectoryRoute.as_view()),
]
