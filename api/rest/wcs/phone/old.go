package phone

import (
	"context"

	"sluice/api/calls"
	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// plain is how the API that was there before answers.
const plain = "text/plain; charset=utf-8"

// oldCall is startup with the account in an object of its own.
func (x *Calls) oldCall(ctx context.Context, r *call.Request) (any, error) {
	t := task(r.Object)
	t.Account = account(r.Object.Object("connection"))
	if err := r.Err(); err != nil {
		return nil, err
	}
	i, err := x.Start(ctx, t)
	if err != nil {
		return nil, err
	}
	return call.Text{Type: plain, Body: i.ID}, nil
}

// oldStatus is the state of a call, also of one that has just ended.
func (x *Calls) oldStatus(_ context.Context, r *call.Request) (any, error) {
	id := r.Need("callId")
	if err := r.Err(); err != nil {
		return nil, err
	}
	x.mu.Lock()
	c := x.all[id]
	x.mu.Unlock()
	if c == nil {
		return nil, fault.New(fault.ResourceNotFound, "", "there is no call %.80q", id)
	}
	status := c.info().Status
	if calls.State(status) == calls.Ended {
		status = "FINISHED"
	}
	return call.Text{Type: plain, Body: status}, nil
}

// oldCalls lists calls, and says so also if there are none.
func (x *Calls) oldCalls(_ context.Context, r *call.Request) (any, error) {
	list := x.list()
	if list == nil {
		list = []Info{}
	}
	return list, r.Err()
}
