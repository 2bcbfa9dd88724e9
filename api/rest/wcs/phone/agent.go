package phone

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"sluice/api/calls"
	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// agent is a line that a caller of the API keeps open, as a page would.
type agent struct {
	id   string
	line *line
}

// AgentInfo is an agent as WCS shows it.
type AgentInfo struct {
	ID         string     `json:"id"`
	Connection Connection `json:"connection"`
	Calls      []Info     `json:"calls"`
}

// Connection is the account of an agent, without its password.
type Connection struct {
	Login    string `json:"sipLogin"`
	AuthName string `json:"sipAuthenticationName"`
	Domain   string `json:"sipDomain"`
	Outbound string `json:"sipOutboundProxy"`
	Port     int    `json:"sipPort"`
	Register bool   `json:"sipRegisterRequired"`
	App      string `json:"appKey"`
	Status   string `json:"status"`
}

func (x *Calls) createSession(ctx context.Context, r *call.Request) (any, error) {
	of := r.Object
	if r.Has("connection") {
		of = r.Object.Object("connection")
	}
	who := account(of)
	if err := r.Err(); err != nil {
		return nil, err
	}
	l, err := x.lend(ctx, who)
	if err != nil {
		return nil, err
	}
	a := &agent{id: uuid.NewString(), line: l}
	x.mu.Lock()
	taken := slices.ContainsFunc(x.sorted(), func(o *agent) bool { return o.line.account.Login == who.Login })
	if !taken && !x.closing {
		x.agents[a.id] = a
	}
	closing := x.closing
	x.mu.Unlock()
	if taken || closing {
		x.giveBack(ctx, l)
		return nil, fault.New(fault.NameInUse, "", "there is an agent of %.80q already", who.Login).Advise("terminate that first")
	}
	return x.agentInfo(a), nil
}

// sorted are the agents in the order of their logins; for the holder of the lock.
func (x *Calls) sorted() []*agent {
	out := make([]*agent, 0, len(x.agents))
	for _, a := range x.agents {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *agent) int { return cmp.Compare(a.line.account.Login, b.line.account.Login) })
	return out
}

// agentInfo describes an agent.
func (x *Calls) agentInfo(a *agent) AgentInfo {
	who := a.line.account
	i := AgentInfo{ID: a.id, Calls: []Info{}, Connection: Connection{
		Login: who.Login, AuthName: cmp.Or(who.AuthName, who.Login), Domain: who.Domain, Outbound: who.Outbound, Port: who.Port,
		Register: who.Register, App: who.App, Status: string(a.line.line.Registration().State),
	}}
	for _, c := range a.line.line.Calls() {
		i.Calls = append(i.Calls, x.about(c.About()))
	}
	return i
}

func (x *Calls) foundAgents(_ context.Context, r *call.Request) (any, error) {
	x.mu.Lock()
	all := x.sorted()
	x.mu.Unlock()
	var list []AgentInfo
	for _, a := range all {
		list = append(list, x.agentInfo(a))
	}
	return call.Found(r, "agent", list)
}

func (x *Calls) endAgent(ctx context.Context, r *call.Request) (any, error) {
	login := r.Need("sipLogin")
	if err := r.Err(); err != nil {
		return nil, err
	}
	x.mu.Lock()
	var found *agent
	for id, a := range x.agents {
		if a.line.account.Login == login {
			found = a
			delete(x.agents, id)
			break
		}
	}
	x.mu.Unlock()
	if found == nil {
		return nil, fault.New(fault.ResourceNotFound, "", "there is no agent %.80q", login)
	}
	x.giveBack(ctx, found.line)
	return nil, nil
}

// agent finds one by its name.
func (x *Calls) agent(id string) (*agent, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if a := x.agents[id]; a != nil {
		return a, nil
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no agent %.80q", id)
}

func (x *Calls) agentCalls(ctx context.Context, r *call.Request) (any, error) {
	id := r.Need("wcsCallAgentId")
	t := task(r.Object)
	if err := r.Err(); err != nil {
		return nil, err
	}
	a, err := x.agent(id)
	if err != nil {
		return nil, err
	}
	t.Account = a.line.account
	i, err := x.Start(ctx, t)
	if err != nil {
		return nil, err
	}
	return i, nil
}

// agentHangsUp ends a call of an agent, or all that it has.
func (x *Calls) agentHangsUp(ctx context.Context, r *call.Request) (any, error) {
	id, which := r.Need("wcsCallAgentId"), r.Text("callId")
	if err := r.Err(); err != nil {
		return nil, err
	}
	a, err := x.agent(id)
	if err != nil {
		return nil, err
	}
	found := false
	for _, made := range a.line.line.Calls() {
		if which == "" || made.ID() == which {
			found = true
			if err := hangUp(ctx, made); err != nil {
				return nil, err
			}
		}
	}
	if !found {
		return nil, fault.New(fault.ResourceNotFound, "", "the agent has no call %.80q", which)
	}
	return nil, nil
}

// hangUp ends a call that may have ended by itself.
func hangUp(ctx context.Context, c calls.Call) error {
	if err := c.Hangup(ctx, 0); err != nil && fault.CodeOf(err) != fault.ResourceNotFound {
		return err
	}
	return nil
}
