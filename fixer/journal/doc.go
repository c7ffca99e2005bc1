// Package journal writes a set of files atomically: after a crash or an error, the next run leaves all files old or
// all files new, and no other files.
//
// Input: contents before and after, and the root of the tree with the files. Output: the files on disk. Package patch
// prints the same data instead.
//
// # The order of steps
//
//  1. Preconditions are checked: no file is outside of the root, read-only, or changed since it was read.
//  2. The directory [Dir] is made in the root, and the record is written into it: the files, the hashes of their old and
//     new contents, and the names of the temporary files beside them.
//  3. The new contents are written beside their files, the old ones are copied into the directory, and all are synced.
//  4. The record says "ready". From here on the set is new.
//  5. Each file is exchanged with its new contents. Then the exchanged old contents are compared: an editor may have saved
//     since step 1. If so, its text is restored, and all other files, too.
//  6. The temporary files are removed, then the record, then the directory.
//
// A run that dies before step 4 has changed no file. Every run begins with [Site.Settle], which removes the temporary files of such a run. If a run
// dies later, Settle completes it, or undoes it if that was requested or if it cannot be completed. A file that was edited in
// the meantime is never overwritten: the run stops with a message, and a person decides between the two directions.
// Any error in steps 2 to 5 undoes the finished steps immediately.
//
// Rejected: a copy of the tree and one rename of the root (it changes the identity of every directory, and
// running programs and editors keep the old one open); writing in place with an undo log (readers see half a file).
//
// # Trust
//
// The directory is in the tree, and the tree is not trusted. A record is followed automatically only if it has a signature for this root by
// the user's own key. A record without such a signature is followed on request only (fix -continue, fix -abort). In
// any case, only Go files, go.mod, go.sum and temporary files of a record are written or removed, below the root,
// through [os.Root], which follows no link out of it.
//
// # Links, owners, permissions
//
// A symbolic link within the tree is followed, and its target replaced. A file with several names (hard links) gets
// its new contents under the name that was scanned; the other names keep the old ones, whether they are backups or files of
// another tree, and the run reports this. Permission bits, owner, group and (on Linux) extended attributes are copied to the new file;
// if the owner cannot be set, because the user is not the superuser, the run reports it. Read-only files and directories are an error
// before anything is written, also for the superuser, who could write to them.
//
// # Windows (not tested)
//
// The package compiles for Windows, but was never run there. The expected behaviour: os.Rename is MoveFileEx with
// MOVEFILE_REPLACE_EXISTING, which is atomic on NTFS for the name. There is no exchange of two names, so step 5 compares
// right before it renames. A file that a program has opened without FILE_SHARE_DELETE (most editors do not keep it
// open, compilers and virus scanners may for moments) cannot be replaced: ERROR_SHARING_VIOLATION or
// ERROR_ACCESS_DENIED ends step 5, and all files are restored; if a file cannot be restored for the same reason, the
// record stays, and the next run continues. Folders cannot be synced; NTFS logs its own changes of names in order.
// The lock is LockFileEx on a file in the user's cache directory that is named after the root, because a directory cannot be
// locked. Read-only is the file attribute; access lists of the old file are not copied, the new one inherits those of
// its directory.
package journal
