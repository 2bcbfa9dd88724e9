# calls/phone, pipeline toweb: 6 elements, 1 encoder, 1 decoder, chain: no threads
# appsrc toweb-audio-in is given pcmu by the Go node phone.audio
# appsink speaker-audio-out hands on opus to the Go node speaker.audio
gst-launch-1.0 \
  appsrc name=toweb-audio-in is-live=true  mulawdec name=toweb-mulawdec \
  audioconvert name=toweb-audioconvert  audioresample name=toweb-audioresample \
  opusenc name=toweb-opusenc  appsink name=speaker-audio-out sync=false \
  toweb-audio-in. ! toweb-mulawdec.  toweb-mulawdec. ! toweb-audioconvert. \
  toweb-audioconvert. ! toweb-audioresample.  toweb-audioresample. ! toweb-opusenc. \
  toweb-opusenc. ! speaker-audio-out.

# calls/phone, pipeline tophone: 6 elements, 1 encoder, 1 decoder, chain: no threads
# appsrc tophone-audio-in is given opus by the Go node mic.audio
# appsink ear-audio-out hands on pcmu to the Go node ear.audio
gst-launch-1.0 \
  appsrc name=tophone-audio-in is-live=true  opusdec name=tophone-opusdec \
  audioconvert name=tophone-audioconvert  audioresample name=tophone-audioresample \
  mulawenc name=tophone-mulawenc  appsink name=ear-audio-out sync=false \
  tophone-audio-in. ! tophone-opusdec.  tophone-opusdec. ! tophone-audioconvert. \
  tophone-audioconvert. ! tophone-audioresample.  tophone-audioresample. ! tophone-mulawenc. \
  tophone-mulawenc. ! ear-audio-out.
