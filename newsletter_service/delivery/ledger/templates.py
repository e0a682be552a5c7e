"""What the ledger's statements have in common; sqlite.py and postgresql.py fill in what differs."""

CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM delivery
        WHERE {mine} AND settled_at IS NULL AND state <> 'claimed' AND next_attempt_at <= {now} {beyond} {domains}
            AND EXISTS (SELECT 1 FROM worker WHERE id = {registered})
        ORDER BY mailing_id, next_attempt_at, id LIMIT {limit} {lock}
    )
    UPDATE delivery SET state = 'claimed', lease_holder = {worker}, handed_at = NULL
    WHERE id IN (SELECT id FROM due)
    RETURNING {returned}, next_attempt_at
"""
# What is added to `state` keeps the planner from scanning all claimed rows instead of looking up these.
HAND_OVER = """
    UPDATE delivery SET handed_at = {place} WHERE id {among} AND lease_holder = {place} AND {state} = 'claimed'
    AND (mailing_id IS NULL OR mailing_id NOT IN (SELECT id FROM mailing WHERE paused_at IS NOT NULL))
    RETURNING id
"""
NEXT = """
    SELECT id FROM delivery
    WHERE mailing_id = {place} AND settled_at IS NULL AND state <> 'claimed' AND next_attempt_at <= {place} {beyond}
        AND mailing_id NOT IN (SELECT id FROM mailing WHERE paused_at IS NOT NULL)
        AND EXISTS (SELECT 1 FROM worker WHERE id = {place})
    ORDER BY mailing_id, next_attempt_at, id LIMIT {limit}
"""
# Without it every claim would step over all that was claimed before and is not vacuumed yet.
FURTHER = "AND (next_attempt_at, id) > ({place}, {place})"
CLAIM_NEXT = """
    UPDATE delivery SET state = 'claimed', lease_holder = {place}, handed_at = {place} WHERE id IN ({next})
    RETURNING {returned}, next_attempt_at
"""
