// Package journal writes a set of files as a set: whatever happens on the way, after the next run all are old or
// all are new, and nothing else is left.
//
// In: contents before and after, and the root of the tree that they lie in. Out: the files on disk. Package patch
// prints the same data instead.
//
// # The order of things
//
//  1. What can be known before is checked: nothing is outside of the root, read-only, or other than it was read.
//  2. The folder [Dir] is made in the root, and the record is put into it: which files, the hashes of their old and
//     new contents, and the names under which other contents will lie beside them.
//  3. The new contents are written beside their files, the old ones are copied into the folder, and all are synced.
//  4. The record says "ready". From here on the set is new.
//  5. Each file changes places with its new contents, and it is looked at what came out: an editor may have saved
//     since step 1. If it did, its text goes back, and so does everything else.
//  6. What lies beside is removed, then the record, then the folder.
//
// A run that dies before step 4 has changed nothing; [Site.Settle], which every run begins with, removes what it left. One that
// dies later is carried on by it, or taken back where that was asked for or carrying on is impossible. A file that was edited in
// the meantime is never overwritten: then the run stops and says so, and a person chooses the direction.
// Any error in steps 2 to 5 takes back at once what was done.
//
// Rejected: a copy of the tree beside it and one rename of the root (it changes the identity of every folder, and
// running programs and editors hold the old one); writing in place with an undo log (readers see half a file).
//
// # Whom to believe
//
// The folder lies in the tree, and a tree may come from anybody. A record counts by itself only if the user's own
// key signed it for this root; one without such a signature is carried out on request (fix -continue, fix -abort), and
// in any case nothing is written or removed but Go files, go.mod, go.sum and what a record may name, below the root,
// through [os.Root], which follows no link out of it.
//
// # Links, owners, permissions
//
// A symbolic link within the tree is followed, and its target replaced. A file with several names (hard links) gets
// its new contents under the name that was scanned; the other names keep the old ones, be they backups or files of
// another tree, and this is said. Permission bits, owner, group and (on Linux) extended attributes go over to the new file;
// where the owner cannot, because the run is not a superuser's, this is said. Read-only files and folders are an error
// before anything is written, also for a superuser, whom the bits do not stop.
//
// # Windows, on paper
//
// Nothing here was run on Windows; it compiles, and this is how it should go. os.Rename is MoveFileEx with
// MOVEFILE_REPLACE_EXISTING, which is atomic on NTFS for the name. There is no exchange of two names, so step 5 compares
// right before it renames. A file that a program has opened without FILE_SHARE_DELETE (most editors do not keep it
// open, compilers and virus scanners may for moments) cannot be replaced: ERROR_SHARING_VIOLATION or
// ERROR_ACCESS_DENIED ends step 5 and everything is taken back; should taking back meet such a file, too, the
// record stays and the next run goes on. Folders cannot be synced; NTFS logs its own changes of names in order.
// The lock is LockFileEx on a file in the user's cache directory that is named after the root, because a folder cannot be
// locked. Read-only is the file attribute; access lists of the old file are not copied, the new one inherits those of
// its folder.
package journal
