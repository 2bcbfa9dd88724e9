package pull

import (
	"context"

	"sluice/api/rest/wcs/call"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// whole is an address of a server of WCS as it is kept, with the path that is asked for if it has none; others are left as they are.
func whole(uri string) string {
	if u, err := wire.ServerAddress(uri); err == nil {
		return u.String()
	}
	return uri
}

// exchange has a stream played from another server of WCS, or published there.
func (x *Agents) exchange(kind Kind) func(context.Context, *call.Request) (any, error) {
	return func(ctx context.Context, r *call.Request) (any, error) {
		uri, name, there := r.Need("uri"), r.Text("localStreamName"), r.Text("remoteStreamName")
		if _, err := wire.ServerAddress(uri); uri != "" && err != nil {
			r.Wrong("uri", "it is no address such as ws://example.org:8080")
		}
		if name == "" && there == "" {
			name = r.Need("localStreamName") // which says what is missing
		}
		if err := r.Err(); err != nil {
			return nil, err
		}
		if name == "" {
			name = there
		}
		if there == "" {
			there = name
		}
		return nil, x.Start(ctx, Task{Kind: kind, URI: whole(uri), Name: name, There: there})
	}
}

// terminateServer ends what is exchanged with servers of WCS and is all that a request says of it.
func (x *Agents) terminateServer(ctx context.Context, r *call.Request) (any, error) {
	uri, name, there := whole(r.Text("uri")), r.Text("localStreamName"), r.Text("remoteStreamName")
	if uri == "" && name == "" && there == "" {
		r.Need("uri")
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	fits := func(want, is string) bool { return want == "" || want == is }
	found := false
	for _, a := range x.list(ServerPull, ServerPush) {
		if a.ended() || !fits(uri, a.URI) || !fits(name, a.Name) || !fits(there, a.There) {
			continue
		}
		found = true
		if err := a.terminate(ctx); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, fault.New(fault.ResourceNotFound, "", "there is no such stream of another server")
	}
	return nil, nil
}
