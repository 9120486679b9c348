-- What the file says that cannot be true together with what is known. Runs before items are moved: a
-- fact must not be compared with what it has just brought about.
INSERT INTO bank_discrepancy (bank, reference, kind, fingerprint, sentence, answer, opened_at)
SELECT DISTINCT ON (f.reference, found.kind, f.bank_reference)
       :bank, f.reference, found.kind, coalesce(f.bank_reference, ''), found.sentence, to_jsonb(f), :at
FROM file_fact AS f
JOIN debit_item AS i ON i.bank = :bank AND i.reference = f.reference
CROSS JOIN LATERAL (
    SELECT 'amount' AS kind,
           format('booked %s %s instead of %s %s in minor units', f.amount, f.currency, i.amount_minor,
                  i.currency) AS sentence
    WHERE f.said = 'settled' AND f.amount <> ''
      AND (f.amount_minor IS DISTINCT FROM i.amount_minor OR f.currency <> i.currency)
    UNION ALL
    SELECT 'settled-after-rejection', format('rejected with %s, and booked as %s', i.code, f.bank_reference)
    WHERE f.said = 'settled' AND NOT f.comes_back AND i.state = 'rejected'
    UNION ALL
    SELECT 'rejected-after-settlement', format('booked as %s, and rejected with %s', i.bank_reference, f.code)
    WHERE f.said = 'rejected' AND i.state = 'settled'
    UNION ALL
    -- notification and statement may number a booking differently: only files of one kind are compared
    SELECT 'booked-twice', format('booked as %s and as %s', i.bank_reference, f.bank_reference)
    WHERE f.said = 'settled' AND NOT f.comes_back AND i.state IN ('settled', 'returned')
      AND i.settled_in = :kind AND f.bank_reference <> '' AND i.bank_reference NOT IN ('', f.bank_reference)
) AS found
ON CONFLICT DO NOTHING
