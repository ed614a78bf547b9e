"""Write the golden page anew: python -m tests.reports.html.write_golden."""

from tests.reports.html.page import GOLDEN, Page
from tests.reports.html.small import small_report

if __name__ == "__main__":
    GOLDEN.write_text(Page(small_report()).bare(), encoding="utf-8")
