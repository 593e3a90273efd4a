"""The page on which a list of those who must not be contacted is brought in."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huifang.app.records.models import ContactPoint, OptOut


def test_a_list_is_written_or_uploaded_and_what_became_of_it_is_said(scene, signed_in):
    client, address = signed_in(scene.supervisor, "en"), reverse("refusals")
    assert address in client.get(reverse("imports")).content.decode()
    OptOut.objects.all().delete()
    mobile = ContactPoint.objects.filter(customer=scene.first.customer, kind="phone").first().value
    page = client.post(address, {"list": f"{mobile}\nno number 12\n"}).content.decode()
    assert all(words in page for words in ("The list has been taken", "Line 2:", "Newly refused"))
    assert OptOut.objects.exists()
    page = client.post(address, {"file": SimpleUploadedFile("list.txt", b"13800007777\n")}).content.decode()
    assert "The list has been taken" in page


def test_without_a_file_and_without_words_it_says_what_to_do(scene, signed_in):
    answer = signed_in(scene.supervisor, "en").post(reverse("refusals"), {"list": "  "})
    assert answer.status_code == 422
    assert "write a number or address in each line" in answer.content.decode()
