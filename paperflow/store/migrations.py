"""The store's schema, as numbered steps. Each is applied once, in a transaction.

A new step goes to the end of its engine's list; a step that was released never changes.
"""

M001_PAPERS = """
create table records (
    number integer primary key,
    hash text not null unique,
    source text not null,
    payload text not null,
    paper_id text
);
create index records_paper on records (paper_id);
create table record_keys (
    key text not null,
    record integer not null references records (number) on delete cascade,
    primary key (key, record)
) without rowid;
create index record_keys_record on record_keys (record);
create table papers (
    number integer primary key,
    id text not null unique,
    title text not null,
    keywords text not null,
    abstract text not null,
    authors text not null,
    venue text not null,
    published text not null,
    sources text not null,
    payload text not null,
    payload_hash text not null,
    content_hash text not null,
    revision integer not null
);
create index papers_published on papers (published);
create index papers_revision on papers (revision);
create index papers_content on papers (content_hash);
create table removals (paper_id text primary key, revision integer not null);
create table counters (name text primary key, value integer not null);
insert into counters values ('revision', 0);
create virtual table papers_text using fts5 (
    title, keywords, abstract,
    content = 'papers', content_rowid = 'number',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
create virtual table papers_terms using fts5vocab ('papers_text', 'row');
create trigger papers_added after insert on papers begin
    insert into papers_text (rowid, title, keywords, abstract)
    values (new.number, new.title, new.keywords, new.abstract);
end;
create trigger papers_removed after delete on papers begin
    insert into papers_text (papers_text, rowid, title, keywords, abstract)
    values ('delete', old.number, old.title, old.keywords, old.abstract);
end;
create trigger papers_changed after update of title, keywords, abstract on papers begin
    insert into papers_text (papers_text, rowid, title, keywords, abstract)
    values ('delete', old.number, old.title, old.keywords, old.abstract);
    insert into papers_text (rowid, title, keywords, abstract)
    values (new.number, new.title, new.keywords, new.abstract);
end;
"""

M002_FACTS = """
create table analyses (
    paper_id text primary key references papers (id) on delete cascade,
    fingerprint text not null
);
create table passages (
    number integer primary key,
    id text not null unique,
    paper_id text not null references papers (id) on delete cascade,
    ordinal integer not null,
    section text not null,
    page integer,
    text text not null,
    unique (paper_id, ordinal)
);
create view passages_searched as
    select number, text from passages where section <> 'record';
create virtual table passages_text using fts5 (
    text, content = 'passages_searched', content_rowid = 'number',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
create trigger passages_added after insert on passages when new.section <> 'record' begin
    insert into passages_text (rowid, text) values (new.number, new.text);
end;
create trigger passages_removed after delete on passages when old.section <> 'record' begin
    insert into passages_text (passages_text, rowid, text)
    values ('delete', old.number, old.text);
end;
create table entities (
    id text primary key, type text not null, key text not null, unique (type, key)
);
create table entity_papers (
    entity_id text not null references entities (id) on delete cascade,
    paper_id text not null references papers (id) on delete cascade,
    label text not null,
    properties text not null,
    primary key (entity_id, paper_id)
) without rowid;
create index entity_papers_paper on entity_papers (paper_id);
create table entity_evidence (
    entity_id text not null references entities (id) on delete cascade,
    passage_id text not null references passages (id) on delete cascade,
    start integer not null check (start >= 0),
    stop integer not null check (stop > start),
    quote text not null,
    primary key (entity_id, passage_id, start, stop)
) without rowid;
create index entity_evidence_passage on entity_evidence (passage_id);
create table relations (
    id text primary key,
    type text not null,
    source text not null references entities (id) on delete cascade,
    target text not null references entities (id) on delete cascade
);
create index relations_source on relations (source);
create index relations_target on relations (target);
create table relation_papers (
    relation_id text not null references relations (id) on delete cascade,
    paper_id text not null references papers (id) on delete cascade,
    properties text not null,
    primary key (relation_id, paper_id)
) without rowid;
create index relation_papers_paper on relation_papers (paper_id);
create table relation_evidence (
    relation_id text not null references relations (id) on delete cascade,
    passage_id text not null references passages (id) on delete cascade,
    start integer not null check (start >= 0),
    stop integer not null check (stop > start),
    quote text not null,
    primary key (relation_id, passage_id, start, stop)
) without rowid;
create index relation_evidence_passage on relation_evidence (passage_id);
create table hyperedges (
    id text primary key,
    paper_id text not null references papers (id) on delete cascade,
    relation text not null,
    passage_id text not null references passages (id) on delete cascade,
    start integer not null check (start >= 0),
    stop integer not null check (stop > start),
    quote text not null
);
create index hyperedges_paper on hyperedges (paper_id);
create index hyperedges_passage on hyperedges (passage_id);
create table participants (
    hyperedge_id text not null references hyperedges (id) on delete cascade,
    position integer not null,
    entity_id text not null references entities (id),
    role text not null,
    primary key (hyperedge_id, position)
) without rowid;
create index participants_entity on participants (entity_id);
"""

M003_VECTORS = """
create table vectors (
    model text not null,
    hash text not null,
    dimension integer not null,
    vector blob not null,
    primary key (model, hash)
);
"""

# Headings and references are evidence; as answers to a question they would be noise.
M004_DOCUMENTS = """
create table documents (
    record text primary key references records (hash) on delete cascade,
    version text not null,
    payload blob not null
);
alter table passages add column kind text not null default 'paragraph';
drop trigger passages_added;
drop trigger passages_removed;
drop view passages_searched;
create view passages_searched as
    select number, text from passages
    where section <> 'record' and kind not in ('heading', 'reference');
create trigger passages_added after insert on passages
when new.section <> 'record' and new.kind not in ('heading', 'reference') begin
    insert into passages_text (rowid, text) values (new.number, new.text);
end;
create trigger passages_removed after delete on passages
when old.section <> 'record' and old.kind not in ('heading', 'reference') begin
    insert into passages_text (passages_text, rowid, text)
    values ('delete', old.number, old.text);
end;
"""

# So that what is derived from facts can follow them.
M005_FACT_REVISIONS = """
alter table analyses add column revision integer not null default 0;
create index analyses_revision on analyses (revision);
"""

M006_MERGES = """
create table merges (
    dropped text primary key,
    kept text not null,
    reason text not null,
    undone integer not null
) without rowid;
"""

# Replies cost time and money, so they are no derived data; a reading says which ones count.
M007_REPLIES = """
create table replies (key text primary key, body text not null) without rowid;
create table readings (
    paper_id text primary key references papers (id) on delete cascade,
    model text not null,
    replies integer not null
) without rowid;
"""

# Stars are the reader's own. Predictions are derived, but never mixed with what papers say.
M008_LEARNING = """
create table stars (
    record text primary key references records (hash) on delete cascade
) without rowid;
create table predictors (name text primary key, card text not null) without rowid;
create table predictions (
    kind text not null,
    source text not null,
    target text not null,
    source_label text not null,
    target_label text not null,
    score real not null check (score between 0 and 1),
    calibrated integer not null,
    reasons text not null,
    predictor text not null references predictors (name),
    primary key (kind, source, target)
) without rowid;
create index predictions_predictor on predictions (predictor);
"""

SQLITE = [
    ("m001_papers", M001_PAPERS),
    ("m002_facts", M002_FACTS),
    ("m003_vectors", M003_VECTORS),
    ("m004_documents", M004_DOCUMENTS),
    ("m005_fact_revisions", M005_FACT_REVISIONS),
    ("m006_merges", M006_MERGES),
    ("m007_replies", M007_REPLIES),
    ("m008_learning", M008_LEARNING),
]
