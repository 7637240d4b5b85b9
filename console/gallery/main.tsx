import { QueryClientProvider } from '@tanstack/react-query'
import { createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from '../src/api/query-client.ts'
import { startLanguages } from '../src/app/i18n.ts'
import { Toasts } from '../src/ui/toast.tsx'
import { TooltipProvider } from '../src/ui/tooltip.tsx'
import { Gallery } from './gallery.tsx'
import './gallery.css'

const router = createRouter({ routeTree: createRootRoute({ component: Gallery, notFoundComponent: Gallery }) })

const start = async (): Promise<void> => {
  const place = document.getElementById('root')
  if (!place) throw new Error('the page has no root')
  await startLanguages()
  createRoot(place).render(
    <QueryClientProvider client={createQueryClient()}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toasts />
      </TooltipProvider>
    </QueryClientProvider>,
  )
}

void start()
