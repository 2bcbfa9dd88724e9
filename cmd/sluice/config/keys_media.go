package config

// MediaConfig is the section "media".
type MediaConfig struct {
	Folder            string
	Encoders, Never   []string
	Hardware, Licence string
}

// Words of media.hardware and media.licence.
const (
	HardwareAuto = "auto"
	HardwareOff  = "off"
	LicenceAny   = "any"
	LicenceLGPL  = "lgpl"
)

// Licences are the words of media.licence.
func Licences() []string { return []string{LicenceAny, LicenceLGPL} }

// Hardwares are the words of media.hardware.
func Hardwares() []string { return []string{HardwareAuto, HardwareOff} }

func coding() []Key {
	return []Key{
		choice("media.hardware", HardwareAuto, Hardwares(), func(c *Config) *string { return &c.Media.Hardware },
			"Whether encoders of devices are used, of graphics cards and processors: auto uses those that encoded a picture when the "+
				"server started; where one fails later, the instance goes on without it. What is decoded never goes to a device."),
		texts("media.encoders", nil, func(c *Config) *[]string { return &c.Media.Encoders },
			"GStreamer elements that go before others for the same codec, best first. Those that are not named come after them in the "+
				"usual order: devices, x264enc, openh264enc.").like("openh264enc"),
		texts("media.never", nil, func(c *Config) *[]string { return &c.Media.Never },
			"GStreamer elements that are not used: no conversion takes them, and graphs that name them are refused.").like("nvh264enc"),
		choice("media.licence", LicenceAny, Licences(), func(c *Config) *string { return &c.Media.Licence },
			"lgpl uses nothing that is under the GPL: H.264 is coded by OpenH264, AAC is no longer decoded, H.265 no longer made, and "+
				"graphs that name what is left out are refused (docs/transcoding.md). `sluice doctor --licence lgpl` lists it."),
	}
}
