package main

import "io"

// output is where a verb prints. It remembers the first write that failed, so that no verb has to look at each of its own:
// a full disk behind a redirection must not look like success.
type output struct {
	to  io.Writer
	err error
}

// Write passes p on, until a write has failed.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.to.Write(p)
	o.err = err
	return n, err
}
