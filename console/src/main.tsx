import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { catchFocus } from './app/focus.ts'
import { startLanguages } from './app/i18n.ts'
import { router } from './app/router.tsx'
import { SessionProvider } from './app/session.tsx'
import { startZone } from './app/time-zone.ts'
import './styles.css'
import { PageSkeleton } from './ui/skeleton.tsx'
import { Toasts } from './ui/toast.tsx'
import { TooltipProvider } from './ui/tooltip.tsx'

const start = async (): Promise<void> => {
  const place = document.getElementById('root')
  if (!place) throw new Error('the page has no root')
  startZone()
  catchFocus()
  await startLanguages()
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={createQueryClient()}>
        <SessionProvider>
          <TooltipProvider>
            <Suspense fallback={<PageSkeleton />}>
              <RouterProvider router={router} />
            </Suspense>
            <Toasts />
          </TooltipProvider>
        </SessionProvider>
      </QueryClientProvider>
    </StrictMode>,
  )
}

void start()
