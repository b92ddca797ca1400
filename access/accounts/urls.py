"""The addresses below /account/: allauth's pages in our look, and a person's own account."""

from allauth.socialaccount import views as social_views
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.my_account, name="my_account"),
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("", include("allauth.account.urls")),
    path("second-factor/totp/activate/", views.SetUpFactorView.as_view(), name="mfa_activate_totp"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sso/cancelled/", social_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("sso/error/", social_views.login_error, name="socialaccount_login_error"),
    path("sso/signup/", social_views.signup, name="socialaccount_signup"),
    path("sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
