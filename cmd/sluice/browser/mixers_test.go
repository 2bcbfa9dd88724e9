package browser

// mixers are scenarios of the SDK's pages that join mixers by the names of their streams. Encoders join over RTMP, at the server's
// address {tcp}.
func mixers() []scenario {
	own := []string{
		"SLUICE_RTMP_LISTEN={tcp}", "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_CPUS=16", "SLUICE_MIXER_VIDEO_WIDTH=640", "SLUICE_MIXER_VIDEO_HEIGHT=360",
		"SLUICE_MIXER_VIDEO_FPS=15",
	}
	return []scenario{
		{name: "mcu_client", settings: own},
		{name: "screen_camera_mixer", settings: own},
		{name: "media_devices_mixer", settings: own},
	}
}
