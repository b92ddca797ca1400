import errno
import io

import pikepdf
import pytest
from PIL import Image

from fonds.reports.albums import Album, opened_album
from fonds.reports.press import print_html
from fonds.reports.sheets import place_pictures, read_picture

pytestmark = pytest.mark.once

SHEETS = "<title>一册</title><p>甲</p><p style='break-before: page'>乙</p>"


def jpeg(mode: str = "RGB", size: tuple[int, int] = (60, 80), **values) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert(mode).save(out, "JPEG", **values)
    return out.getvalue()


def test_the_bytes_of_a_picture_come_out_as_they_went_in():
    wanted = [jpeg(), jpeg("L", (90, 40), quality=50)]
    with opened_album() as album:
        pictures = [album.put(read_picture(data)) for data in wanted]
        assert [picture.data for picture in pictures] == [b"", b""]
        assert pictures[1].is_landscape
        with album.bound(print_html(SHEETS)) as pdf:
            place_pictures(pdf, pdf.pages, pictures)
            out = io.BytesIO()
            pdf.save(out)
    with pikepdf.open(out) as pdf:
        scans = [page.Resources.XObject["/Scan"] for page in pdf.pages]
        assert [scan.read_raw_bytes() for scan in scans] == wanted
        assert [str(scan.ColorSpace) for scan in scans] == ["/DeviceRGB", "/DeviceGray"]
        assert [str(scan.Filter) for scan in scans] == ["/DCTDecode", "/DCTDecode"]


def test_the_document_is_that_of_the_sheets():
    printed = print_html(SHEETS)
    with opened_album() as album:
        album.put(read_picture(jpeg()))
        with album.bound(printed) as pdf, pikepdf.open(io.BytesIO(printed)) as sheets:
            assert set(pdf.Root.keys()) == set(sheets.Root.keys())
            assert len(pdf.pages) == 2
            assert str(pdf.docinfo.Title) == "一册"
            assert pdf.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1
            assert pdf.Root.Metadata.read_bytes() == sheets.Root.Metadata.read_bytes()


def test_an_album_without_pictures_is_the_sheets_alone():
    with opened_album() as album, album.bound(print_html(SHEETS)) as pdf:
        assert len(pdf.pages) == 2


def test_a_full_disk_is_told_when_the_picture_is_put():
    class Full(io.BytesIO):
        def writelines(self, pieces):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        Album(Full()).put(read_picture(jpeg()))
