"""The file of a document as it comes in: of a sort that papers are, by its ending and by its first bytes alike."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

LARGEST = 20 * 1024 * 1024
OLD_OFFICE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
# What a file with this ending begins with.
PAPERS = {
    ".pdf": (b"%PDF-",),
    ".doc": (OLD_OFFICE,),
    ".docx": (ZIP,),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".ofd": (ZIP,),
    ".wps": (OLD_OFFICE, ZIP),
}


def check_paper(file: UploadedFile) -> UploadedFile:
    """Raises ValidationError for whatever is too large, or is no paper."""
    if (file.size or 0) > LARGEST:
        raise forms.ValidationError(_("The file is larger than 20 MB. Send a smaller one."))
    ending = next((each for each in PAPERS if str(file.name).lower().endswith(each)), None)
    if ending is None:
        raise forms.ValidationError(_("Send one of these: %(endings)s."), params={"endings": ", ".join(PAPERS)})
    start = file.read(8)
    file.seek(0)
    if not start.startswith(PAPERS[ending]):
        raise forms.ValidationError(
            _("The file is called %(ending)s, but is none inside. Open it, save it anew as what it is, and send that."),
            params={"ending": ending},
        )
    return file
