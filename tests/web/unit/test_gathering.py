from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.web.server.gathering import (
    BODY_SECONDS,
    HEAD_SECONDS,
    LARGEST_BODY,
    LARGEST_HEAD,
    SLOWEST_BYTES_A_SECOND,
    Gathering,
    Refused,
)


def head(*lines: str) -> bytes:
    return "\r\n".join(["POST / HTTP/1.1", "Host: x", *lines, "", ""]).encode()


@given(body=st.binary(max_size=200), cuts=st.lists(st.integers(0, 300), max_size=6), more=st.booleans())
def test_however_a_request_is_cut_into_pieces_it_comes_out_whole(
    body: bytes, cuts: list[int], more: bool
) -> None:
    whole = head(f"Content-Length: {len(body)}") + body
    sent = whole + b"GET" * more
    gathering = Gathering(0)
    for start, end in pairwise(sorted({0, len(sent), *(min(cut, len(sent)) for cut in cuts)})):
        assert not gathering.complete or start >= len(whole)
        gathering.take(sent[start:end])
    assert gathering.complete
    assert gathering.request == whole
    assert gathering.surplus == more


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (head(f"Content-Length: {LARGEST_BODY + 1}"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (head("transfer-encoding: chunked"), HTTPStatus.LENGTH_REQUIRED),
        (b"G" * (LARGEST_HEAD + 1), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
        (head("X: " + "a" * LARGEST_HEAD), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    ],
)
def test_what_is_too_much_is_refused_as_soon_as_it_shows(said: bytes, status: HTTPStatus) -> None:
    with pytest.raises(Refused) as refused:
        Gathering(0).take(said)
    assert refused.value.status is status


@pytest.mark.parametrize(
    "lengths",
    [["0000000000000000000000039"], ["+5"], ["5, 5"], [""], ["5 5"], ["5", "5"], ["5", "6"], ["\t5\x0b"]],
)
def test_a_length_that_others_may_read_otherwise_is_refused(lengths: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        Gathering(0).take(head(*(f"Content-Length: {length}" for length in lengths)))
    assert refused.value.status is HTTPStatus.BAD_REQUEST


def test_the_time_there_is_goes_with_what_was_announced_and_not_with_what_drips() -> None:
    gathering = Gathering(100.0)
    gathering.take(b"POST / HTTP/1.1\r\n")
    gathering.take(b"Host: x\r\n")
    assert gathering.until == 100 + HEAD_SECONDS
    gathering.take(b"Content-Length: 100000\r\n\r\n")
    assert gathering.until == 100 + HEAD_SECONDS + BODY_SECONDS + 100_000 / SLOWEST_BYTES_A_SECOND
    before = gathering.until
    gathering.take(b"x")
    assert gathering.until == before


def test_who_asks_whether_to_go_on_asks_once() -> None:
    gathering = Gathering(0)
    gathering.take(head("Content-Length: 2", "Expect: 100-continue"))
    assert gathering.asks_to_go_on
    gathering.take(b"x")
    assert not gathering.asks_to_go_on
