package browser

// hls are scenarios with viewers of HLS. Most have an encoder that publishes over RTMP, at the server's address {tcp}.
func hls() []scenario {
	rtmp := func(more ...string) []string {
		return append([]string{"SLUICE_RTMP_LISTEN={tcp}", "SLUICE_RTMP_TLS_LISTEN="}, more...)
	}
	return []scenario{
		{name: "hls_player", settings: rtmp(), alone: true},
		{name: "hls_js_player", settings: rtmp(), alone: true},
		{name: "hls_webrtc", servers: 1},
		{name: "hls_latency", settings: rtmp(), alone: true},
		{name: "hls_ladder", settings: rtmp("SLUICE_CPUS=16"), alone: true},
		{name: "hls_codecs", servers: 1},
		{name: "hls_return", settings: rtmp("SLUICE_HLS_GRACE=6s")},
		{name: "hls_dvr", settings: rtmp(), alone: true},
		{name: "hls_token", settings: rtmp(
			`SLUICE_AUTH_TOKENS=[{"name":"viewer","token":"let me see","play":["**"]}]`, `SLUICE_AUTH_ANONYMOUS={"publish":["**"]}`)},
	}
}
