"""The files in the seeded company's Drive."""

from __future__ import annotations

from typing import Any

DOCUMENT = "application/vnd.google-apps.document"
SHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"

SALES_FOLDER = "1SalesAssetsFolder00000000000000"
CASE_STUDIES_FOLDER = "1CaseStudiesFolder00000000000000"
LEGAL_FOLDER = "1LegalPrivateFolder0000000000000"


def _pdf(lines: list[str]) -> bytes:
    """A one-page PDF with these lines of text."""
    drawn = " ".join(f"({line.replace('(', '').replace(')', '')}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 72 720 Td {drawn} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


FILES: list[dict[str, Any]] = [
    {"id_": SALES_FOLDER, "name": "Sales assets", "mime_type": FOLDER, "parent": "root"},
    {"id_": CASE_STUDIES_FOLDER, "name": "Case studies", "mime_type": FOLDER, "parent": SALES_FOLDER},
    {"id_": LEGAL_FOLDER, "name": "Legal (private)", "mime_type": FOLDER, "parent": "root"},
    {
        "id_": "1PilotProposalDocument0000000000",
        "name": "Pilot proposal",
        "mime_type": DOCUMENT,
        "parent": SALES_FOLDER,
        "content": (
            b"Pilot proposal\n\n"
            b"A pilot runs for six weeks on one site. It reads from the warehouse system once an hour and "
            b"proposes plans; people decide.\n\n"
            b"The pilot has a fixed price and can be ended every week. What we measure is agreed before the "
            b"start: hours of replanning, late deliveries, and how often a proposed plan was taken.\n"
        ),
    },
    {
        "id_": "1PortOperatorCaseStudyPdf0000000",
        "name": "Case study: a port operator.pdf",
        "mime_type": "application/pdf",
        "parent": CASE_STUDIES_FOLDER,
        "content": _pdf(
            [
                "Case study: a port operator",
                "Replanning fell from nine hours a week to two.",
                "The forecast was trained on eighteen months of arrivals.",
            ]
        ),
    },
    {
        "id_": "1QuarterlyBenchmarkSheet00000000",
        "name": "Quarterly benchmark report",
        "mime_type": SHEET,
        "parent": SALES_FOLDER,
        "content": (
            b"industry,hours saved per week,sites\nlogistics,6.5,14\nhealth care,3.0,6\nbanking,4.2,9\n"
        ),
    },
    {
        "id_": "1HarborContractDraftDocument0000",
        "name": "Harbor Logistics contract draft",
        "mime_type": DOCUMENT,
        "parent": LEGAL_FOLDER,
        "content": b"Confidential. Draft contract between Brightpath and Harbor Logistics.\n",
    },
]
