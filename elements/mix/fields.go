package mix

import (
	"time"

	"sluice/engine/element"
	"sluice/engine/value"
)

// latency is how late something may come.
func latency(about string) element.Field {
	return element.Span("latency", 0, 5*time.Second).Or(usualLatency).Says(about)
}

// span reads a field of a duration, or its default.
func span(conf element.Conf, name string, usual time.Duration) time.Duration {
	if !conf.Has(name) {
		return usual
	}
	return conf.Duration(name)
}

func live() element.Field {
	return element.Setting("live", value.Bool).Or(true).Shapes().
		Says("Keep time, also while nobody is there; false goes as fast as the inputs come, and ends with the last of them.")
}

// keepsTime tells whether the mixer goes on by itself.
func keepsTime(conf element.Conf) bool { return !conf.Has("live") || conf.Bool("live") }

// seat is the argument that says whom an action is about.
func seat() element.Field {
	return element.Setting("key", value.String).Must().Says("Key of the node that it comes from.")
}

// anySeat is seat for actions that may be about all.
func anySeat(all string) element.Field {
	return element.Setting("key", value.String).Or("").Says("Key of the node that it comes from; without one, " + all + ".")
}

// pictureFile is the argument, or field, that names a file with a picture; "" is none, which the type for files does not have.
func pictureFile(name, about string) element.Field {
	return element.Setting(name, value.String).Paths().Says(about)
}

// laying are the fields of video.mix that say how pictures lie.
func laying() []element.Field {
	return []element.Field{
		element.Setting("layout", value.String).Or("grid").Playing().
			Says("How pictures lie: grid, speaker, pip, presentation, or a description in YAML (docs/mixer.md)."),
		element.Setting("spotlight", value.String).Playing().Says("Key of who is shown large, whoever speaks."),
		element.Setting("speaker", value.String).Playing().Says("Key of who is shown large while nobody is in the spotlight."),
		element.Setting(element.Follow, value.String).Says("Name of the audio.mix whose speaker is shown large."),
		element.Setting("places", value.Map).Playing().
			Says("Where the pictures of some keys lie, out of the layout: x, y, width, height in pixels, layer, alpha, fill."),
		element.Setting("hidden", value.List).Playing().Says("Keys of pictures that are not shown."),
		element.Span("transition", 0, mostTransition).Or(usualTransition).Playing().
			Says("How long pictures take from place to place, to appear and to disappear; 0 is at once."),
		element.Span("hold", 0, time.Hour).Or(usualHold).Playing().
			Says("How long the last picture of one that does not go on is shown; then its avatar is, or nothing."),
	}
}

// dressing are the fields of video.mix that say what is shown beside the pictures.
func dressing() []element.Field {
	return []element.Field{
		element.Setting("labels", value.Bool).Or(false).Shapes().
			Says("Write who it is into each picture of a guest; needs textoverlay, which Debian has in gstreamer1.0-x."),
		element.Setting("names", value.Map).Playing().Says("What is written into the pictures of some keys; the others have their key."),
		pictureFile("background", "PNG or JPEG that lies below all pictures, its edges cut off so that it fills the whole.").Playing(),
		element.Setting("colour", value.String).Playing().Says("Colour of what no picture covers, such as #203040; black without one."),
		pictureFile("watermark", "PNG or JPEG that lies over the whole.").Playing(),
		element.Setting("watermark_at", value.Map).Playing().Says("Where it lies: x, y, width, height in pixels, and alpha."),
		element.Setting("watermarks", value.Map).Paths().Playing().
			Says("What lies over the pictures of some keys: file, x, y, width, height in pixels of the picture, and alpha."),
		pictureFile("avatar", "PNG or JPEG in the place of whoever gives no picture; without one, they take no place.").Playing(),
		element.Setting("avatars", value.Map).Paths().Playing().Says("The same for some keys."),
		element.Setting("still", value.List).Playing().Says("Keys whose avatars are shown though they give a picture."),
	}
}

// wholes are the fields of video.mix that say what comes out.
func wholes() []element.Field {
	return []element.Field{
		element.Number("width", 16, 8192).Or(int64(usualWidth)).Shapes().Says("Width of the whole in pixels."),
		element.Number("height", 16, 8192).Or(int64(usualHeight)).Shapes().Says("Height of the whole in pixels."),
		element.Setting("fps", value.Fraction).Within(value.Ratio{Num: 1, Den: 1}, value.Ratio{Num: 60, Den: 1}).
			Or(value.Ratio{Num: usualFPS, Den: 1}).Shapes().Says("Frames a second of the whole."),
		latency("How late a picture may come and still be shown."), live(),
	}
}
