import pytest

from newsletter_service.continuity.witness import Witness


@pytest.fixture
def witness(tmp_path_factory: pytest.TempPathFactory) -> Witness:
    return Witness(tmp_path_factory.mktemp("instance"))
