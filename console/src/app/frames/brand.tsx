import { Link } from '@tanstack/react-router'

/** The name, which leads home. */
export const Brand = ({ to = '/' }: { readonly to?: string }) => (
  <Link to={to} className="touch inline-flex items-center gap-2 font-semibold text-text">
    <img src="/assets/favicon.svg" alt="" width={24} height={24} />
    Tollgate
  </Link>
)
