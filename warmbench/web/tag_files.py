"""The tag tree as a file: to be downloaded, edited, and brought back."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import tag_tree
from warmbench.people.tag_file import LONGEST_FILE
from warmbench.people.tag_tree import TreeFileError
from warmbench.web.access import user_of


class TreeFileForm(forms.Form):
    """A file with a tag tree in it."""

    file = forms.FileField(label="A YAML file with a tag tree")

    def clean_file(self) -> str:
        """The text of the file."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LONGEST_FILE:
            raise forms.ValidationError("The file is too large for a tag tree.")
        content: bytes = file.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError("The file is not text in UTF-8.") from error


@require_GET
@policy(Policy.SIGNED_IN)
def download(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The tree as a file."""
    named = {"Content-Disposition": 'attachment; filename="warmbench-tags.yaml"'}
    return HttpResponse(tag_tree.export(), content_type="text/yaml; charset=utf-8", headers=named)


@policy(Policy.ADMIN)
def bring(request: HttpRequest) -> HttpResponse:
    """Add to the tree what a file has and the tree has not."""
    form = TreeFileForm(request.POST or None, request.FILES or None)
    loaded = None
    if form.is_valid():
        try:
            by_id = user_of(request).pk
            loaded = tag_tree.load(form.cleaned_data["file"], by_id=by_id, now=clock.now())
        except TreeFileError as error:
            form.add_error("file", str(error))
    context = {"form": form, "loaded": loaded}
    return render(request, "tags/file.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("tags/warmbench-tags.yaml", download, name="tags-download"),
    path("tags/import/", bring, name="tags-import"),
]
