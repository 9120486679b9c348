UPDATE debit_item AS i
SET voucher = coalesce(nullif(v.voucher, ''), i.voucher),
    return_voucher = coalesce(nullif(v.back, ''), i.return_voucher)
FROM unnest(
    CAST(:batches AS text[]), CAST(:numbers AS int[]), CAST(:vouchers AS text[]), CAST(:backs AS text[])
) AS v(batch_id, item_no, voucher, back)
WHERE i.batch_id = v.batch_id AND i.item_no = v.item_no
