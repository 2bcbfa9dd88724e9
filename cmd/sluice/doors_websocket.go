package main

import (
	"encoding/json"
	"os"
	"strings"

	"sluice/api"
	"sluice/api/rest/guard"
	"sluice/api/rtmp"
	"sluice/api/websocket"
	"sluice/api/websocket/socket"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
)

// websocketDoor opens the door of the Web SDK.
func websocketDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.WebSocket
	metrics, err := jsonFile("websocket.metrics", c.Metrics)
	if err != nil {
		return nil, err
	}
	bandwidth := c.Bandwidth
	if bandwidth == 0 {
		bandwidth = -1 // never
	}
	elsewhere, err := guard.New(guard.Rules{Hosts: c.Hosts}, nil)
	if err != nil {
		return nil, err
	}
	o := websocket.Options{
		Engine: websocket.UseEngine(p.Engine), Peers: websocket.UsePeers(p.Peers), Auth: p.Auth, Present: p.Present, Hooks: asking(p.Hooks),
		Log:  p.Log.With("door", "websocket"),
		Node: c.Node, Version: c.Version,
		KeepAlive: socket.Algorithm(strings.ToUpper(c.KeepAlive.Algorithm)), Interval: c.KeepAlive.Interval, Probes: c.KeepAlive.Probes,
		Sessions: c.Sessions, Streams: c.Streams, MaxMessage: int(c.Message), MaxQueue: int(c.Queue), Rate: c.Rate,
		GreetTimeout: c.GreetTimeout, WriteTimeout: c.WriteTimeout, StartTimeout: c.StartTimeout, StopTimeout: c.StopTimeout,
		RoomApps: c.RoomApps, InboundRate: c.InboundRate, OutboundRate: c.OutboundRate, Bandwidth: bandwidth, Metrics: metrics,
		Flash: flashPeer(p), Push: elsewhere.Address, Reach: elsewhere.Reach, Record: recordPages(p), Snapshot: pictureOf(p),
		KeepFor: c.Keep.For, Kept: c.Keep.Most, KeepStreams: c.Keep.Streams,
	}
	if phones := phoneDoor(p); phones != nil {
		o.Lines, o.CallPeers = phones.Lines(), websocket.UseCallPeers(p.Peers)
	}
	d, err := websocket.New(o)
	if err != nil {
		return nil, err
	}
	p.Flash.Ask(d.Knows)
	p.Web.Upgrade(d.Handler())
	return d, nil
}

// flashPeer makes the peers of pages whose media goes over RTMP.
func flashPeer(p *serve.Parts) func(token, id, name, offer string, publish bool) (websocket.Peer, error) {
	return func(token, id, name, offer string, publish bool) (websocket.Peer, error) {
		page, err := p.Flash.Page(rtmp.PageOptions{Token: token, ID: id, Name: name, Offer: offer, Publish: publish})
		if err != nil {
			return nil, err // and no Peer that holds a nil pointer
		}
		return page, nil
	}
}

// jsonFile reads a file of JSON that a key names; nil if it names none.
func jsonFile(key, name string) (json.RawMessage, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.New(fault.ResourceNotFound, key, "%q cannot be read", name).Because(err)
	}
	if !json.Valid(text) {
		return nil, fault.New(fault.InvalidParams, key, "%q is not JSON", name)
	}
	return text, nil
}
