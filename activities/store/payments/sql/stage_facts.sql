-- what a file says, beside the books for one transaction
CREATE TEMP TABLE file_fact (
    seq int,
    reference text,
    said text,
    credit boolean,
    -- as the file tells it, empty where it tells none; in minor units where our books can hold it
    amount text,
    amount_minor bigint,
    currency text,
    bank_reference text,
    value_date date,
    code text,
    reason text,
    returns boolean,
    whole_file boolean,
    -- a booking that goes against the direction of a debit, or is called a return
    comes_back boolean GENERATED ALWAYS AS (returns OR credit IS FALSE) STORED
) ON COMMIT DROP
