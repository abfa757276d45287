//! Files that are no archive, and archives that something happened to: refused, never changed, never passed.

use std::fs::{self, File};
use std::io::Write;

use redb::{Database, MultimapTableDefinition, ReadableTable, TableDefinition};

use super::newsroom::{Newsroom, bytes};

const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const DOCUMENTS: TableDefinition<u32, &[u8]> = TableDefinition::new("documents");
const POSTINGS: MultimapTableDefinition<(u64, u32), u32> = MultimapTableDefinition::new("postings");

/// Every command that opens an archive.
fn every_command_refuses(room: &Newsroom, why: &str) {
    let before = bytes(&room.path("news.redb"));
    for command in ["list", "stats", "verify"] {
        room.run(&["archive", command, "news.redb"]).ends_with(2).says(why);
    }
    room.run(&["archive", "remove", "news.redb", "gazette"]).ends_with(2).says(why);
    room.run(&["archive", "add", "news.redb", "new"]).ends_with(2).says(why);
    room.check(&["new", "--against", "news.redb"]).ends_with(2).says(why);
    assert_eq!(bytes(&room.path("news.redb")), before, "nothing was changed");
}

#[test]
fn a_newer_archive_is_refused() {
    let room = Newsroom::with_conflict();
    let db = Database::open(room.path("news.redb")).unwrap();
    let transaction = db.begin_write().unwrap();
    transaction.open_table(META).unwrap().insert("archive-format", 99).unwrap();
    transaction.commit().unwrap();
    drop(db);
    // redb writes on closing; what must not change is what the tables hold.
    for command in ["list", "verify"] {
        room.run(&["archive", command, "news.redb"])
            .ends_with(2)
            .says("newer crossclaim")
            .says("update crossclaim");
    }
    room.run(&["archive", "add", "news.redb", "new"]).ends_with(2).says("newer crossclaim");
    room.check(&["new", "--against", "news.redb"]).ends_with(2).says("newer crossclaim");
    let db = Database::open(room.path("news.redb")).unwrap();
    let transaction = redb::ReadableDatabase::begin_read(&db).unwrap();
    assert_eq!(transaction.open_table(DOCUMENTS).unwrap().iter().unwrap().count(), 1);
}

#[test]
fn a_file_of_other_bytes_is_refused() {
    let room = Newsroom::with_conflict();
    fs::write(room.path("news.redb"), "Rebels took Tal Rifat.\n".repeat(500)).unwrap();
    every_command_refuses(&room, "damaged, or no archive");
}

#[test]
fn an_empty_file_is_refused_by_who_reads() {
    let room = Newsroom::with_conflict();
    fs::write(room.path("news.redb"), "").unwrap();
    room.run(&["archive", "list", "news.redb"]).ends_with(2).says("the file is empty");
    room.check(&["new", "--against", "news.redb"]).ends_with(2).says("the file is empty");
}

#[test]
fn an_archive_that_was_cut_off_is_refused() {
    let room = Newsroom::with_conflict();
    let whole = bytes(&room.path("news.redb"));
    fs::write(room.path("news.redb"), &whole[..whole.len() / 2]).unwrap();
    for command in ["list", "verify"] {
        room.run(&["archive", command, "news.redb"]).ends_with(2);
    }
    room.check(&["new", "--against", "news.redb"]).ends_with(2);
}

#[test]
fn another_database_is_no_archive() {
    let room = Newsroom::with_conflict();
    fs::remove_file(room.path("news.redb")).unwrap();
    let db = Database::create(room.path("news.redb")).unwrap();
    let transaction = db.begin_write().unwrap();
    transaction.open_table(META).unwrap().insert("format", 1).unwrap();
    transaction.commit().unwrap();
    drop(db);
    room.run(&["archive", "list", "news.redb"]).ends_with(2).says("no archive of crossclaim");
    room.run(&["archive", "add", "news.redb", "new"]).ends_with(2).says("no archive of crossclaim");
}

/// Changes the archive behind its back.
fn tamper(room: &Newsroom, change: impl FnOnce(&redb::WriteTransaction)) {
    let db = Database::open(room.path("news.redb")).unwrap();
    let transaction = db.begin_write().unwrap();
    change(&transaction);
    transaction.commit().unwrap();
}

#[test]
fn a_flipped_bit_in_a_record_is_found() {
    let room = Newsroom::with_conflict();
    tamper(&room, |transaction| {
        let mut table = transaction.open_table(DOCUMENTS).unwrap();
        let mut record = table.get(0).unwrap().unwrap().value().to_vec();
        let middle = record.len() / 2;
        record[middle] ^= 1;
        table.insert(0, record.as_slice()).unwrap();
    });
    room.run(&["archive", "verify", "news.redb"])
        .ends_with(2)
        .says("gazette: a record has a wrong checksum");
    room.check(&["new", "--against", "news.redb"]).ends_with(2).says("damaged");
}

#[test]
fn an_index_that_lacks_an_entry_is_found() {
    let room = Newsroom::with_conflict();
    tamper(&room, |transaction| {
        let mut table = transaction.open_multimap_table(POSTINGS).unwrap();
        let key = {
            let mut all = redb::ReadableMultimapTable::iter(&table).unwrap();
            all.next().unwrap().unwrap().0.value()
        };
        table.remove_all(key).unwrap();
    });
    room.run(&["archive", "verify", "news.redb"])
        .ends_with(2)
        .says("the index of postings lacks 1 entries");
}

#[test]
fn a_second_writer_is_told_who_writes_and_readers_are_not_kept_out() {
    let room = Newsroom::with_conflict();
    let mut lock = File::options().write(true).open(room.path("news.redb.lock")).unwrap();
    lock.lock().unwrap();
    writeln!(lock, "process 4711, `crossclaim archive add`, since noon").unwrap();
    room.run(&["archive", "add", "news.redb", "new"])
        .ends_with(2)
        .says("another process writes to it (process 4711, `crossclaim archive add`, since noon)")
        .says("wait until it is done");
    room.run(&["archive", "list", "news.redb"]).succeeds().says("gazette");
    room.check(&["new", "--against", "news.redb"]).ends_with(1);
    drop(lock);
    room.run(&["archive", "add", "news.redb", "new"]).succeeds();
}
