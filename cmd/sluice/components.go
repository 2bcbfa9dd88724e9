package main

import (
	"slices"

	"sluice/api/cdn"
	doorhls "sluice/api/hls"
	"sluice/api/hls/outlet"
	"sluice/api/records"
	recordout "sluice/api/records/outlet"
	"sluice/api/rest"
	"sluice/api/rtmfp"
	"sluice/api/rtmp"
	"sluice/api/rtsp"
	"sluice/api/sip"
	"sluice/api/snapshots"
	"sluice/api/srt"
	"sluice/api/vod"
	"sluice/api/websocket"
	"sluice/api/whip"
	"sluice/cmd/sluice/serve"
	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/snapshot"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/elements/webrtc"
	"sluice/engine/element"
)

// doors lists every front door of this binary that is open yet, in the order in which they open.
func doors() []serve.Maker {
	return []serve.Maker{
		relayDoor, hooksDoor, sipDoor, websocketDoor, whipDoor, consoleDoor, rtmpDoor, rtspDoor, srtDoor, hlsDoor, recordsDoor,
		snapshotsDoor, vodDoor, mixerDoor, restDoor, metricsDoor,
	}
}

// components lists every element and every event of this binary, by hand: what is not here is not in it.
func components() ([]element.Declared, []element.Trigger) {
	return slices.Concat(
			stream.Elements(), webrtc.Elements(), convert.Elements(), mix.Elements(), outlet.Elements(), recordout.Elements(), file.Elements(),
			vod.Elements(), snapshot.Elements(), testio.Elements(),
			websocket.Elements(), rtmp.Elements(), rtmfp.Elements(), rtsp.Elements(), srt.Elements(), sip.Elements(), cdn.Elements(),
		), slices.Concat(
			stream.Triggers(),
			websocket.Triggers(), whip.Triggers(), rtmp.Triggers(), rtmfp.Triggers(), rtsp.Triggers(), srt.Triggers(), sip.Triggers(),
			cdn.Triggers(), doorhls.Triggers(), records.Triggers(), snapshots.Triggers(), rest.Triggers(),
		)
}
