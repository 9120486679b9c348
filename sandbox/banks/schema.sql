CREATE TABLE IF NOT EXISTS accounts (
    number TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    opening INTEGER NOT NULL,
    balance INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    account_name TEXT NOT NULL,
    counterparty TEXT NOT NULL,
    counterparty_name TEXT NOT NULL,
    counterparty_bank TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    execution_date TEXT NOT NULL,
    purpose TEXT NOT NULL,
    mandate TEXT NOT NULL,
    digest TEXT NOT NULL,
    batch TEXT NOT NULL,
    status TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    fee INTEGER NOT NULL,
    value_date TEXT NOT NULL,
    taken_at REAL NOT NULL,
    final_at REAL
);
CREATE INDEX IF NOT EXISTS orders_reference ON orders (reference);
CREATE INDEX IF NOT EXISTS orders_batch ON orders (batch);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_id INTEGER,
    reference TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    booking_day TEXT NOT NULL,
    counterparty TEXT NOT NULL,
    counterparty_name TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    batch TEXT NOT NULL,
    booked_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_reference ON entries (reference);
CREATE INDEX IF NOT EXISTS entries_day ON entries (account, booking_day);
CREATE TABLE IF NOT EXISTS agenda (
    id INTEGER PRIMARY KEY,
    due_at REAL NOT NULL,
    what TEXT NOT NULL,
    order_id INTEGER,
    detail TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS agenda_due ON agenda (due_at);
CREATE TABLE IF NOT EXISTS lies (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    switch TEXT NOT NULL,
    reference TEXT NOT NULL,
    said TEXT NOT NULL,
    truth TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    reference TEXT NOT NULL,
    outcome TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    message_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    items INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    received_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS files_message ON files (message_id);
CREATE TABLE IF NOT EXISTS marks (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
