-- Disbursements with everything that a reviewer must see, in one question. A lock that has run out is no lock.
SELECT
    d.disbursement_id,
    d.state,
    d.sentence,
    d.amount_minor,
    d.currency,
    d.contract_number,
    d.application_id,
    c.product,
    c.lessee_name AS lessee,
    d.dealer,
    d.branch,
    d.payee_name AS payee,
    d.payee_account,
    d.payee_bank,
    d.bank,
    coalesce(a.grade, '') AS grade,
    coalesce(k.met, 0) AS conditions_met,
    coalesce(k.total, 0) AS conditions,
    k.unmet,
    c.registration_number,
    CASE WHEN d.locked_until > :now THEN d.locked_by ELSE '' END AS locked_by,
    CASE WHEN d.locked_until > :now THEN d.locked_until END AS locked_until,
    d.stopped_by,
    d.stop_reason,
    d.findings,
    d.corrected_by,
    d.approved_by,
    d.ordered_by,
    d.captured_by,
    d.payment_id,
    coalesce(p.state, '') AS payment_state,
    coalesce(p.sentence, '') AS payment_sentence,
    d.voucher,
    d.recovery,
    d.by_rules,
    d.ordered_at,
    d.changed_at
FROM disbursement AS d
JOIN lease_contract AS c ON c.contract_number = d.contract_number
LEFT JOIN lease_application AS a ON a.application_id = d.application_id
LEFT JOIN payment AS p ON p.payment_id = d.payment_id
LEFT JOIN LATERAL (
    SELECT
        count(*) AS total,
        count(n.met_at) AS met,
        array_agg(n.label ORDER BY n.position) FILTER (WHERE n.met_at IS NULL) AS unmet
    FROM lease_contract_condition AS n
    WHERE n.contract_number = d.contract_number
) AS k ON TRUE
WHERE (CAST(:id AS text) IS NULL OR d.disbursement_id = :id)
  AND (CAST(:state AS text) IS NULL OR d.state = :state)
  AND (CAST(:branch AS text) IS NULL OR d.branch = :branch)
  AND (CAST(:product AS text) IS NULL OR c.product = :product)
  AND (CAST(:dealer AS text) IS NULL OR d.dealer = :dealer)
ORDER BY d.ordered_at, d.disbursement_id
LIMIT :limit
