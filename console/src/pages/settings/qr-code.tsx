import { useMemo } from 'react'
import { encode } from 'uqr'

/** As wide as the standard asks for (ISO/IEC 18004): without it, cameras do not find the code. */
const QUIET_MODULES = 4

/** A text as a picture for cameras. Black on white in every theme: not every app reads it the other way round. */
export const QrCode = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const { path, size } = useMemo(() => drawn(text), [text])
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} className="size-52 max-w-full rounded-md">
      <path fill="#fff" d={`M0 0h${size}v${size}H0z`} />
      <path fill="#000" d={path} shapeRendering="crispEdges" />
    </svg>
  )
}

/** Each dark module as a square of one by one. */
const drawn = (text: string): { readonly path: string; readonly size: number } => {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES })
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { path: squares.join(''), size }
}
