package instance

import "context"

// Remainer is an Ends that may go on without the peer for whom its instance was started.
type Remainer interface {
	// Left says that the peer has gone. It returns, soon after ctx is done at the latest, when nothing of the peer is in use any
	// more, and tells whether the instance goes on. If it does not, Left does nothing.
	Left(ctx context.Context) bool
}

// Leave says that the peer for whom the instance was started has gone. It is Stop, but for instances that go on without him:
// they keep his stream for when he comes back, say.
func (i *Instance) Leave(ctx context.Context) error {
	if r, ok := i.spec.Ends.(Remainer); ok && r.Left(ctx) {
		return nil
	}
	return i.Stop(ctx)
}

// Visit is an instance as a door has it that started it for a client. To stop it is to Leave.
type Visit struct{ *Instance }

// Stop says that the client has gone, and returns when nothing of his peer is in use any more.
func (v Visit) Stop(ctx context.Context) error { return v.Leave(ctx) }
