// Package outcome rewrites the code after an exchange for a new program that fetches the token by Config.Token.
//
// # Property
//
// Four things can happen at a token service:
//
//	Granted   the answer holds an access token
//	Refused   Token returns an *oauth2.RetrieveError: the answer has a status that is no success, or an error member
//	Failed    Token returns the error of the request: there was no answer
//	Garbled   Token returns any other error: an answer with a good status that is no token
//
// In each of them, the new program behaves like the old program in the same outcome: the same results, the
// same side effects in the same order, the same number of requests, the same exit code. Four things may
// differ: the text of errors that no code distinguishes; with the remark Unchecked, a refusal that the old
// program took for a token, its callers included (package checked), is an error now; with the remark Garbled, a garbled answer is handled like a
// failed request, if the old program handled it differently (oauth2 has no type for this error); with the remark Statement, a line
// of the default logger with the raw answer is written for refusals only.
//
// # Method
//
// The statements after the exchange are evaluated once for each outcome, with all facts about values in this outcome.
// The result is a residual program: constant conditions are removed, and values that the new program does
// not have are expressed by values that it has. In Granted the answer has the status 200, and the decoded
// value is the token. In Refused the answer is that of the RetrieveError, with one of the statuses
// 300 to 599, or 200 with an error member; facts about the status are exact, by enumeration. In Failed there is no
// answer. The residuals are compared and combined: statements that all of them share stay in place;
// of the others, those of Granted usually stay in place, and those of Refused and Failed become branches on the error.
//
// A value that the new program cannot express, or an unsupported statement that
// touches the answer, is a reason to decline; nothing is guessed.
//
// # Hazards, and their treatment
//
//   - A side effect in a branch on the answer: every statement that is not known to be harmless stays in the
//     residual of the outcomes that reach it.
//   - Errors that code can distinguish (sentinels, types, os.Exit codes, texts that differ by status): residuals are
//     equal only if they differ in plain errors, those made by fmt.Errorf, errors.New and the like, and
//     only one such text is made of refusals.
//   - A variable that has another value in the new program (err is nil after a refusal in the old one): it is replaced by
//     its value. Where code that is not evaluated could read it (closures, the next round of a loop), the flow is declined.
//   - A body that is read: oauth2 has read it, so RetrieveError.Body replaces it. A second read is declined.
//   - Units: expires_in was milliseconds (see lifetime.go).
//   - Functions of the module with the answer as an argument are evaluated; in Refused they are called as before,
//     with the answer of the RetrieveError, whose body is restored if the function reads it.
package outcome
