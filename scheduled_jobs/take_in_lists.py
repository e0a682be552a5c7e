"""Lists of readers that staff handed in are looked at, checked and taken in; files that nobody needs any more go."""

from newsletter_service.db import reading, unit_of_work
from newsletter_service.files.csv import UnreadableFile
from newsletter_service.files.full_disk import is_full_disk
from newsletter_service.services import services
from newsletter_service.staff.models import User
from newsletter_service.subscriptions.consent.rules import by_staff
from newsletter_service.subscriptions.importing.rows import Bringing, Rows, waiting_rows
from newsletter_service.subscriptions.importing.service import (
    Imported,
    OffersChanged,
    foresee,
    import_subscribers,
    read,
)
from newsletter_service.subscriptions.importing.sheets import Sheet
from newsletter_service.subscriptions.lists import service
from newsletter_service.subscriptions.lists.answers import from_kept
from newsletter_service.subscriptions.lists.folder import Folder, old_folders, waits_for_room
from newsletter_service.subscriptions.lists.rules import ListState, NotNow
from newsletter_service.subscriptions.lists.service import Work


def run() -> str:
    """Do what the list that waits longest waits for."""
    with reading() as session:
        if not service.has_work(session) or waits_for_room(services().instance_dir):
            return ""
    with unit_of_work() as session:
        work = service.next_work(session)
    if work is None:
        return ""
    folder = Folder(services().instance_dir, work.key)
    folder.forget_full_disk()
    try:
        return _moved_on(work, folder)
    except Exception as error:
        if not is_full_disk(error):
            raise
        folder.note_full_disk()
        with unit_of_work() as session:
            service.try_again(session, work)
        return f"list {work.number} waits: the disk is full"


def _moved_on(work: Work, folder: Folder) -> str:
    try:
        if work.state is ListState.HANDED_IN:
            return _look(work, folder)
        return _check_or_take_in(work, folder, _bringing(work))
    except (UnreadableFile, FileNotFoundError):
        with unit_of_work() as session:
            if service.is_wanted(session, work):
                service.unreadable(session, work)
        folder.remove_upload()
        return f"list {work.number} cannot be read"
    except NotNow:
        return f"list {work.number} was thrown away meanwhile"
    except OffersChanged:
        return f"list {work.number} is read again, for segments or topics changed meanwhile"


def _bringing(work: Work) -> Bringing:
    return Bringing(
        from_kept(work.answers or {}),
        services().suppression_key,
        services().clock(),
        by_staff(work.by_id),
        work.file_name,
        work.number,
        services().form_limits,
    )


def _look(work: Work, folder: Folder) -> str:
    folder.look()
    with unit_of_work() as session:
        service.looked_at(session, work)
    return f"looked at list {work.number}"


def _check_or_take_in(work: Work, folder: Folder, bringing: Bringing) -> str:
    """The file is read once more before it is taken in: what segments and topics there are may have changed."""
    lines = folder.seen().lines
    taking_in = work.state is ListState.APPROVED
    steps = 2 if taking_in else 1
    with waiting_rows() as rows:
        with reading() as session:
            sheet = read(
                session,
                folder.table(),
                bringing,
                rows,
                chosen=work.chosen,
                progress=lambda done: folder.note_progress(done, steps * lines),
            )
            foreseen = Imported() if sheet.faults or taking_in else foresee(session, sheet, rows, bringing)
        if sheet.faults or not taking_in:
            return _note_checked(work, folder, sheet, foreseen)
        return _take_in(work, folder, sheet, rows, bringing)


def _note_checked(work: Work, folder: Folder, sheet: Sheet, foreseen: Imported) -> str:
    folder.write_report(foreseen, [*sheet.faults.kept, *sheet.remarks.kept, *foreseen.remarks])
    with unit_of_work() as session:
        service.checked(session, work, _outcome(sheet, foreseen))
    return f"checked list {work.number}"


def _take_in(work: Work, folder: Folder, sheet: Sheet, rows: Rows, bringing: Bringing) -> str:
    with unit_of_work() as session:
        if not service.is_wanted(session, work):
            return ""
        done = import_subscribers(
            session,
            sheet,
            rows,
            bringing,
            actor=session.get_one(User, work.by_id),
            progress=lambda done: folder.note_progress(len(rows) + done, 2 * len(rows)),
        )
        service.taken_in(session, work, _outcome(sheet, done))
        folder.write_report(
            done, [*sheet.remarks.kept, *done.remarks]
        )  # or nothing: there may be no room for it
    folder.remove_upload()
    return f"took in list {work.number}"


def _outcome(sheet: Sheet, done: Imported) -> dict[str, int]:
    counted = {str(fate): len(numbers) for fate, numbers in done.lines.items() if numbers}
    until = {"asked_until": int(done.asked_until.timestamp())} if done.asked_until else {}
    remarks = sheet.remarks.number + len(done.remarks)
    return counted | until | {"faults": sheet.faults.number, "remarks": remarks}


def tidy_up() -> None:
    """Let go of uploads that nobody needs any more, and of reports of long ago."""
    instance = services().instance_dir
    with unit_of_work() as session:
        needed = service.forget_old(session, services().clock())
    for key in old_folders(instance):
        folder = Folder(instance, key)
        if key not in needed.reports:
            folder.remove()
        elif key not in needed.uploads:
            folder.remove_upload()
