// Package instance runs one plan: it begins it, keeps its state, starts and ends what is lazy, adds and removes
// branches, restarts what failed by the plan's policy, and ends it properly.
//
// One goroutine owns an instance. Requests, notices of the Runtime, alarms and the outcomes of calls are messages to it,
// taken in order; nothing else touches the Runtime but Inspect. Calls that may block are made in goroutines of their own,
// one at a time, each with a deadline, and their outcomes come back as messages.
//
// The package handles no media: units pass between the Runtime's ports and those of Ends. It knows no other instance:
// names, admission and reload are the supervisor's.
package instance
