package phone

import (
	"slices"
	"strings"

	"sluice/api/calls"
	"sluice/api/rest/wcs/call"
)

// Info is a call as WCS shows it.
type Info struct {
	Custom      any     `json:"custom"`
	Node        string  `json:"nodeId"`
	App         *string `json:"appKey"`
	Session     *string `json:"sessionId"`
	ID          string  `json:"callId"`
	Parent      *string `json:"parentCallId"`
	Incoming    bool    `json:"incoming"`
	Status      string  `json:"status"`
	SIPStatus   int     `json:"sipStatus"`
	Info        string  `json:"info,omitempty"`
	RTMP        *string `json:"rtmpUrl"`
	RTMPStream  *string `json:"rtmpStream"`
	RTMPStatus  *string `json:"rtmpStreamStatus"`
	Stream      *string `json:"toStream"`
	Caller      string  `json:"caller"`
	Callee      string  `json:"callee"`
	HasAudio    bool    `json:"hasAudio"`
	HasVideo    bool    `json:"hasVideo"`
	SDP         *string `json:"sdp"` // always null: it has keys
	Visible     string  `json:"visibleName"`
	Parameters  any     `json:"inviteParameters"`
	Provider    string  `json:"mediaProvider"`
	Message     *string `json:"sipMessageRaw"`
	MSRP        bool    `json:"isMsrp"`
	Target      *string `json:"target"`
	ForTransfer bool    `json:"holdForTransfer"`
	Created     int64   `json:"createDate"` // milliseconds since 1970
}

// about describes a call of anybody's.
func (x *Calls) about(a calls.About) Info {
	i := Info{
		Node: x.opt.Node, ID: a.ID, Parent: given(a.Parent), Incoming: a.Incoming, Status: string(a.State), SIPStatus: a.Code, Info: a.Reason,
		Caller: a.From, Callee: a.To, HasAudio: a.Audio, HasVideo: a.Video, Visible: a.Display, Provider: "SIP", Message: given(a.Message),
		Created: a.Began.UnixMilli(), Custom: map[string]any{},
	}
	if len(a.Headers) > 0 {
		i.Parameters = a.Headers
	}
	return i
}

// info describes the call.
func (c *one) info() Info {
	a := c.told()
	if a.State == "" {
		a = calls.About{
			ID: c.task.ID, State: "PENDING", From: c.task.Account.Login, To: c.task.To, Display: c.task.Visible, Audio: c.task.Audio,
			Video: c.task.Video, Began: c.since,
		}
	}
	a.ID = c.task.ID
	i := c.all.about(a)
	i.App, i.RTMP, i.RTMPStream = given(c.task.Account.App), given(c.task.RTMP), given(c.task.RTMPKey)
	i.Stream = given(c.stream())
	if c.task.RTMP != "" {
		status := "PENDING"
		c.mu.Lock()
		if c.inst != nil {
			status = "PUBLISHING"
		}
		c.mu.Unlock()
		i.RTMPStatus = &status
	}
	return i
}

// list are the calls that are under way, of everybody, the oldest first.
func (x *Calls) list() []Info {
	var out []Info
	x.mu.Lock()
	ours := make(map[string]*one, len(x.all))
	for id, c := range x.all {
		if _, ended := c.ended(); !ended {
			ours[id] = c
		}
	}
	x.mu.Unlock()
	for _, c := range ours {
		out = append(out, c.info())
	}
	if x.opt.All != nil {
		for _, c := range x.opt.All() {
			if ours[c.ID()] == nil {
				out = append(out, x.about(c.About()))
			}
		}
	}
	slices.SortFunc(out, func(a, b Info) int {
		if a.Created != b.Created {
			return int(a.Created - b.Created)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// given is a text that is null where there is none.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// message is what an error tells callers.
func message(err error) string { return call.Message(err) }
