import json
from pathlib import Path

from benchmarks import report
from benchmarks.report import Row, middle


def test_the_middle_of_three_rounds_is_taken_figure_by_figure() -> None:
    rounds = [
        Row("ours", 1.2, 5000.0, 80.0, 90.0),
        Row("ours", 1.1, 7000.0, 70.0, 92.0),
        Row("ours", 1.3, 6000.0, 75.0, 91.0),
    ]
    assert middle(rounds) == Row("ours", 1.2, 6000.0, 75.0, 91.0)


def test_what_has_no_ratio_gets_none() -> None:
    assert middle([Row("far", None, 1.0, 1.0, 1.0)]).ratio is None


def test_rows_are_written_as_json_with_the_names_that_others_read(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    report.write([Row("smtp-source", 1.0, 7808.1234, 36.0, 11.0), Row("far", None, 1.0, 1.0, 1.0)], path)
    assert json.loads(path.read_text()) == [
        {
            "name": "smtp-source",
            "ratio": 1.0,
            "letters_per_second": 7808.123,
            "cpu_us_per_letter": 36.0,
            "peak_mb": 11.0,
        },
        {"name": "far", "ratio": None, "letters_per_second": 1.0, "cpu_us_per_letter": 1.0, "peak_mb": 1.0},
    ]
