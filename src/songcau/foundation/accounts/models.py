"""People, agencies, posts and roles."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from songcau.kernel.ids import new_id


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    is_staff = models.BooleanField(default=False)
    USERNAME_FIELD = "username"
    objects = BaseUserManager()
