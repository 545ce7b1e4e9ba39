"""An address table without addresses."""

urlpatterns: list[object] = []
