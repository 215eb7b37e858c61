"""Labels that a carrier draws as a picture, put onto a page that any printer knows."""

from __future__ import annotations

import io

from PIL import Image
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

#: what thermal labels of parcel carriers measure, upright
PAGE = (4 * inch, 6 * inch)


def to_pdf(content: bytes) -> bytes:
    """A page of 4 × 6 inches with the picture, as large as it fits; turned upright if it lies.

    :raises ValueError: when it is no picture
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            image = opened.convert("RGB")
    except (OSError, ValueError) as error:
        raise ValueError("no picture") from error
    if image.width > image.height:
        image = image.rotate(-90, expand=True)
    scale = min(PAGE[0] / image.width, PAGE[1] / image.height)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=True)
    # from the upper left corner, as the carrier's own printers do
    canvas.drawImage(
        ImageReader(image),
        0,
        PAGE[1] - image.height * scale,
        width=image.width * scale,
        height=image.height * scale,
    )
    canvas.save()
    return out.getvalue()
