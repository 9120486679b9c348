-- a rejected file is a rejection of each of its items
INSERT INTO file_fact (seq, reference, said, amount, code, reason, returns, whole_file)
SELECT f.seq, i.reference, f.said, '', f.code, f.reason, false, false
FROM file_fact AS f
JOIN bank_file AS b ON b.bank = :bank AND b.way = 'out' AND b.message_id = f.reference
JOIN debit_item AS i ON i.file_id = b.file_id
WHERE f.whole_file
